"""Intervals: brackets around two ends, unions of them, and inequalities in one variable."""

import json
import re
from collections.abc import Callable
from typing import Final

from backend.science.answer_keys import AnswerKey
from backend.science.answer_scalars import infinity_key

_NUMERIC: Final = frozenset({"integer", "rational", "decimal", "percent"})
_VARIABLE: Final = r"\s*[A-Za-z]\s*"
_END: Final = r"([^<>=]+)"
_ONE_SIDED: Final = re.compile(rf"(?:({_VARIABLE})([<>]=?){_END}|{_END}([<>]=?)({_VARIABLE}))")
_TWO_SIDED: Final = re.compile(rf"{_END}([<>]=?){_VARIABLE}([<>]=?){_END}")
_VALUED: Final = _NUMERIC | {"expression"}

PartKey = Callable[[str], AnswerKey]


def interval_key(
    brackets: str, parts: list[str], part_key: PartKey, in_union: bool = False
) -> AnswerKey | None:
    """The key of two ends in brackets where they are an interval rather than a pair.

    They are where the brackets are square around numbers, are mixed, an end is infinite, or the
    answer is a union.
    """
    if len(parts) != 2:
        return None
    low, high = (_end(part, part_key) for part in parts)
    infinite = low.value == "-∞" or high.value == "∞"
    closed = brackets == "[]" and {low.kind, high.kind} <= _VALUED
    if not (infinite or closed or in_union or brackets in ("(]", "[)")):
        return None
    return _between(low, high, brackets[0] == "[", brackets[1] == "]")


def union_key(intervals: list[AnswerKey]) -> AnswerKey:
    """The key of a union, in which order does not count."""
    found = sorted({str(key) for key in intervals})
    return intervals[0] if len(found) == 1 else AnswerKey("interval", _dump(found))


def inequality_key(text: str, part_key: PartKey) -> AnswerKey | None:
    """The interval that an inequality in one variable describes: `x > 3`, `1 <= x < 2`."""
    if found := _ONE_SIDED.fullmatch(text):
        variable_first = found[1] is not None
        sign, end = (found[2], found[3]) if variable_first else (found[5], found[4])
        key = _end(end, part_key)
        if key.kind not in _VALUED or (not variable_first and _is_variable(end)):
            return None
        if (sign[0] == ">") == variable_first:
            return _between(key, AnswerKey("expression", "∞"), sign.endswith("="), False)
        return _between(AnswerKey("expression", "-∞"), key, False, sign.endswith("="))
    found = _TWO_SIDED.fullmatch(text)
    if not found or found[2][0] != found[3][0]:
        return None
    ends = [(_end(found[1], part_key), found[2]), (_end(found[4], part_key), found[3])]
    (low, low_sign), (high, high_sign) = ends if found[2][0] == "<" else reversed(ends)
    if not {low.kind, high.kind} <= _VALUED:
        return None
    return _between(low, high, low_sign.endswith("="), high_sign.endswith("="))


def _is_variable(text: str) -> bool:
    return re.fullmatch(_VARIABLE, text) is not None


def _between(low: AnswerKey, high: AnswerKey, with_low: bool, with_high: bool) -> AnswerKey:
    left = "[" if with_low and low.value != "-∞" else "("
    right = "]" if with_high and high.value != "∞" else ")"
    return AnswerKey("interval", _dump([left, str(low), str(high), right]))


def _end(text: str, part_key: PartKey) -> AnswerKey:
    return infinity_key(text.strip()) or part_key(text)


def _dump(parts: list[str]) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

"""Keys of answers with several parts: tuples, sets and intervals.

Order counts in a tuple and not in a set. A bare list with commas (`3, 4`) is a tuple, like a
bracketed one; alternatives joined by *or* or *and* (`12 or 13`) are a set, and so is a bare list of
option letters. Square brackets around two numbers are a closed interval, around any other number
of elements a tuple; round brackets are a tuple unless an end is infinite, the brackets are mixed,
or the answer is a union.
"""

import json
import re
from typing import Final

from backend.science.answer_keys import AnswerKey
from backend.science.answer_scalars import scalar_key

_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_NUMERIC: Final = frozenset({"integer", "rational", "decimal", "percent"})
_LISTABLE: Final = _NUMERIC | {"expression", "tuple", "set", "interval", "letter"}
_ALTERNATIVES: Final = re.compile(r",?\s+(?:or|and)\s+")
_INFINITE: Final = re.compile(r"[-+]?\s*(?:∞|infinity|inf|oo)")
_MAX_DEPTH: Final = 6


def collection_key(text: str, depth: int = 0) -> AnswerKey | None:
    """The key of an answer with several parts, None where it is a single one."""
    if depth > _MAX_DEPTH:
        return None
    if "∪" in text:
        return _union(text, depth)
    if _is_bracketed(text):
        return _bracketed(text, depth)
    return _bare(text, depth)


def part_key(text: str, depth: int = 0) -> AnswerKey:
    """The key of a part, which can have parts itself."""
    text = text.strip().strip("\"'")
    if depth <= _MAX_DEPTH and _is_bracketed(text) and text[0] == "(" and len(_split(text)) == 1:
        return part_key(text[1:-1], depth + 1)
    single = scalar_key(text)
    if single.kind in ("text", "expression"):
        return collection_key(text, depth) or single
    return single


def _bracketed(text: str, depth: int) -> AnswerKey | None:
    parts = _split(text)
    brackets = text[0] + text[-1]
    if brackets == "{}":
        return _set([part_key(part, depth + 1) for part in parts])
    if brackets == "()" and len(parts) < 2:
        return None
    if interval := _interval(text, parts, depth):
        return interval
    if brackets in ("()", "[]"):
        return _tuple([part_key(part, depth + 1) for part in parts])
    return None


def _interval(text: str, parts: list[str], depth: int, in_union: bool = False) -> AnswerKey | None:
    if len(parts) != 2:
        return None
    ends = [_end(part, depth) for part in parts]
    brackets = text[0] + text[-1]
    infinite = any(end.value in ("∞", "-∞") for end in ends)
    closed = brackets == "[]" and all(end.kind in _NUMERIC for end in ends)
    if not (infinite or closed or in_union or brackets in ("(]", "[)")):
        return None
    return AnswerKey("interval", _dump([text[0], *map(str, ends), text[-1]]))


def _end(text: str, depth: int) -> AnswerKey:
    if _INFINITE.fullmatch(text.strip()):
        return AnswerKey("expression", "-∞" if "-" in text else "∞")
    return part_key(text, depth + 1)


def _union(text: str, depth: int) -> AnswerKey | None:
    parts = [part.strip() for part in text.split("∪")]
    keys = [
        _interval(part, _split(part), depth, in_union=True) if _is_bracketed(part) else None
        for part in parts
    ]
    if any(key is None for key in keys):
        return None
    return AnswerKey("interval", _dump(sorted({str(key) for key in keys})))


def _bare(text: str, depth: int) -> AnswerKey | None:
    alternatives = _ALTERNATIVES.search(text)
    pieces = [part for piece in _ALTERNATIVES.split(text) for part in _split(f"({piece})")]
    if len(pieces) < 2:
        return None
    keys = [part_key(piece, depth + 1) for piece in pieces]
    if any(key.kind not in _LISTABLE for key in keys):
        return None
    letters = all(key.kind == "letter" for key in keys)
    return _set(keys) if alternatives or letters else _tuple(keys)


def _tuple(keys: list[AnswerKey]) -> AnswerKey:
    return AnswerKey("tuple", _dump([str(key) for key in keys]))


def _set(keys: list[AnswerKey]) -> AnswerKey:
    return AnswerKey("set", _dump(sorted({str(key) for key in keys})))


def _dump(parts: list[str]) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _is_bracketed(text: str) -> bool:
    """Whether the first bracket of the text closes at its very end; (a] and [a) count too."""
    if len(text) < 2 or text[0] not in _PAIRS or text[-1] not in _PAIRS.values():
        return False
    depth = 0
    for position, char in enumerate(text):
        depth += (char in _PAIRS) - (char in _PAIRS.values())
        if depth == 0:
            return position == len(text) - 1
    return False


def _split(text: str) -> list[str]:
    """The parts of a bracketed text: split at commas and semicolons outside inner brackets.

    A comma between digits grouped in threes splits here: within brackets `(100,200)` is a pair.
    """
    parts, depth, start = [], 0, 1
    for position, char in enumerate(text[1:-1], 1):
        depth += (char in _PAIRS) - (char in _PAIRS.values())
        if char in ",;" and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:-1])
    return [part for part in parts if part.strip()]

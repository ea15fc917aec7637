"""Keys of answers with several parts: tuples, sets, intervals and matrices.

Order counts in a tuple and not in a set. A bare list with commas (`3, 4`) is a tuple, like a
bracketed one; alternatives joined by *or* or *and* (`12 or 13`) are a set, and so are a bare list
of option letters, several values of one variable (`x = 1, x = 2`) and both signs of `±`. Values of
different variables (`y = 2, x = 1`) are a tuple in the order of their names. Square brackets around
two numbers are a closed interval, around any other number of elements a tuple; round brackets are a
tuple unless an end is infinite, the brackets are mixed, or the answer is a union. Rows of equal
length in square brackets are a matrix.
"""

import json
import re
from typing import Final

from backend.science.answer_intervals import inequality_key, interval_key, union_key
from backend.science.answer_keys import AnswerKey
from backend.science.answer_scalars import scalar_key

_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_LISTABLE: Final = frozenset(
    {"integer", "rational", "decimal", "percent", "quantity", "expression", "tuple", "set"}
    | {"interval", "letter", "time", "date"}
)
_ALTERNATIVES: Final = re.compile(r",?\s+(?:or|and)\s+")
_NAMED: Final = re.compile(r"\s*([A-Za-z](?:_\w+)?)\s*=([^=<>]+)")
_MEMBER: Final = re.compile(r"(?:[A-Za-z]\s*∈|\(\s*[A-Za-z]\s*(?:,\s*[A-Za-z]\s*)+\)\s*(?:=|∈))\s*")
_MAX_DEPTH: Final = 6


def collection_key(text: str, depth: int = 0) -> AnswerKey | None:
    """The key of an answer with several parts, None where it is a single one."""
    if depth > _MAX_DEPTH:
        return None
    text = _MEMBER.sub("", text, count=1) if _MEMBER.match(text) else text
    if "∪" in text:
        return _union(text, depth)
    if _is_bracketed(text):
        return _bracketed(text, depth)
    if inequality := inequality_key(text, lambda part: part_key(part, depth + 1)):
        return inequality
    if "±" in text:
        return _both_signs(text, depth)
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


def matrix_key(rows: list[list[str]]) -> AnswerKey:
    """The key of a matrix by the texts of its entries."""
    return AnswerKey("matrix", _dump([[str(part_key(entry)) for entry in row] for row in rows]))


def _bracketed(text: str, depth: int) -> AnswerKey | None:
    parts = _split(text)
    brackets = text[0] + text[-1]
    if brackets == "{}":
        return _set([part_key(part, depth + 1) for part in parts])
    if brackets == "()" and len(parts) < 2:
        return None
    if brackets == "[]" and (rows := _rows(parts)):
        return matrix_key(rows)
    if interval := interval_key(brackets, parts, lambda part: part_key(part, depth + 1)):
        return interval
    if brackets == "()" and (named := _named(parts, depth)):
        return named
    if brackets in ("()", "[]"):
        return _tuple([part_key(part, depth + 1) for part in parts])
    return None


def _rows(parts: list[str]) -> list[list[str]] | None:
    """The rows of a matrix written as a list of lists."""
    inner = [part.strip() for part in parts]
    if not inner or not all(
        _is_bracketed(row) and row[0] == "[" and row[-1] == "]" for row in inner
    ):
        return None
    rows = [_split(row) for row in inner]
    nested = any(_is_bracketed(entry.strip()) for row in rows for entry in row)
    return None if nested or not rows[0] or len({len(row) for row in rows}) > 1 else rows


def _union(text: str, depth: int) -> AnswerKey | None:
    keys = [
        interval_key(
            part[0] + part[-1], _split(part), lambda end: part_key(end, depth + 1), in_union=True
        )
        if _is_bracketed(part)
        else None
        for part in (piece.strip() for piece in text.split("∪"))
    ]
    intervals = [key for key in keys if key is not None]
    return union_key(intervals) if len(intervals) == len(keys) else None


def _both_signs(text: str, depth: int) -> AnswerKey | None:
    keys = [part_key(text.replace("±", sign), depth + 1) for sign in "+-"]
    return _set(keys) if all(key.kind in _LISTABLE for key in keys) else None


def _bare(text: str, depth: int) -> AnswerKey | None:
    alternatives = _ALTERNATIVES.search(text)
    pieces = [part for piece in _ALTERNATIVES.split(text) for part in _split(f"({piece})")]
    if len(pieces) < 2:
        return None
    if named := _named(pieces, depth):
        return named
    keys = [part_key(piece, depth + 1) for piece in pieces]
    if any(key.kind not in _LISTABLE for key in keys):
        return None
    if alternatives and all(key.kind == "interval" for key in keys):
        return union_key(keys) if " or " in text else None
    letters = all(key.kind == "letter" for key in keys)
    return _set(keys) if alternatives or letters else _tuple(keys)


def _named(pieces: list[str], depth: int) -> AnswerKey | None:
    """Values given by the names of their variables."""
    found = [_NAMED.fullmatch(piece) for piece in pieces]
    names = [piece[1] for piece in found if piece]
    if len(names) < len(pieces):
        return None
    values = [part_key(piece[2], depth + 1) for piece in found if piece]
    if len(set(names)) == 1:
        return _set(values)
    if len(set(names)) < len(names):
        return None
    return _tuple([value for _, value in sorted(zip(names, values, strict=True))])


def _tuple(keys: list[AnswerKey]) -> AnswerKey:
    return AnswerKey("tuple", _dump([str(key) for key in keys]))


def _set(keys: list[AnswerKey]) -> AnswerKey:
    return AnswerKey("set", _dump(sorted({str(key) for key in keys})))


def _dump(parts: list[str] | list[list[str]]) -> str:
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

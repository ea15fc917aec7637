"""Whether what is trained on and what is held out are strangers: three numbers of each row."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from backend.exports.row_types import value_of
from backend.exports.rows import Row

_FIELDS: Final = ("seed_id", "family", "parent_seed_id")
_NONE: Final = -1
_LISTED: Final = 20


class _Side:
    def __init__(self) -> None:
        self.numbers = {name: array("q") for name in _FIELDS}
        self.files: list[str] = []
        self.begins: list[int] = []

    def known(self, field: str) -> Any:
        numbers: Any = np.frombuffer(self.numbers[field], np.int64) if self.numbers[field] else []
        return np.asarray(numbers, np.int64)

    def place(self, row: int) -> str:
        """The file and the row in it."""
        at = bisect_right(self.begins, row) - 1
        return f"{self.files[at]}, row {row - self.begins[at] + 1}"


class SplitHygiene:
    """Takes in all rows, file by file, and then says what stands on both sides."""

    def __init__(self) -> None:
        self._sides: dict[str, _Side] = {}
        self._now = _Side()

    def begin(self, name: str, split: str) -> None:
        """The next rows are of this file."""
        self._now = self._sides.setdefault(split, _Side())
        self._now.files.append(name)
        self._now.begins.append(len(self._now.numbers["seed_id"]))

    def add(self, row: Row) -> None:
        """Take in a row; what it does not say counts as nothing."""
        for name in _FIELDS:
            value = value_of(row, name)
            self._now.numbers[name].append(_NONE if value is None else value)

    def faults(self) -> Iterator[str]:
        """Seeds, families, and parents with their synthetic children on both sides."""
        train, held_out = self._sides.get("train"), self._sides.get("validation")
        if train is None or held_out is None:
            return
        yield from _met(held_out, "seed_id", train, "seed_id", "seed {} is trained on too")
        yield from _met(held_out, "family", train, "family", "family {} is trained on too")
        words = "its parent, seed {}, is trained on"
        yield from _met(held_out, "parent_seed_id", train, "seed_id", words)
        words = "its parent, seed {}, is held out"
        yield from _met(train, "parent_seed_id", held_out, "seed_id", words)


def _met(one: _Side, field: str, other: _Side, as_field: str, words: str) -> Iterator[str]:
    mine, theirs = one.known(field), other.known(as_field)
    both = np.intersect1d(mine, theirs)
    both = both[both != _NONE]
    for number in both[:_LISTED].tolist():
        here = int(np.flatnonzero(mine == number)[0])
        there = int(np.flatnonzero(theirs == number)[0])
        yield f"{one.place(here)}, {field}: {words.format(number)} ({other.place(there)})"
    if len(both) > _LISTED:
        yield f"and {len(both) - _LISTED:,} more of the same kind ({field})"

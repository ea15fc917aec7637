"""Whether two texts that may be in different languages have different numbers.

Digits stay in a translation, number words do not, and neither do separators: `1,000.5` is `1.000,5`
in German. So only numbers in digits are held against each other, and each of them is there in the
other text if its value is, in digits or in English words, or its digits are.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from backend.science.problem_numbers import FoundNumber, all_values, find_numbers

_WRITTEN: Final = re.compile(r"\d{1,300}(?:[.,'’\u00a0\u202f\u066b\u066c]\d{1,300}){0,20}")
_SEPARATOR: Final = re.compile(r"\D")


class Differing(NamedTuple):
    """Where numbers stand in each text that the other lacks: start, end in characters."""

    seed: tuple[tuple[int, int], ...]
    item: tuple[tuple[int, int], ...]

    @property
    def is_change(self) -> bool:
        """Whether both have one: a number that only one text has may be a word in the other."""
        return bool(self.seed and self.item)


class _Number(NamedTuple):
    start: int
    end: int
    parts: tuple[str, ...]
    read: tuple[FoundNumber, ...]
    with_comma: str | None

    @property
    def digits(self) -> str:
        return "".join(self.parts)


class _Text(NamedTuple):
    numbers: list[_Number]
    values: frozenset[str]
    digits: frozenset[str]

    def has(self, number: _Number) -> bool:
        """Whether a number of another text is here, in one reading or another."""
        return (
            number.digits in self.digits
            or self.digits.issuperset(number.parts)
            or number.with_comma in self.values
            or (bool(number.read) and all(one.says(self.values) for one in number.read))
        )


def differing_numbers(seed: str, item: str) -> Differing:
    """The numbers in digits that only one of two texts has."""
    in_seed, in_item = _read(seed), _read(item)
    return Differing(_missing(in_seed, in_item), _missing(in_item, in_seed))


def _missing(numbers: _Text, other: _Text) -> tuple[tuple[int, int], ...]:
    return tuple((one.start, one.end) for one in numbers.numbers if not other.has(one))


def _read(text: str) -> _Text:
    plain = "".join(map(_plain, text))
    found = find_numbers(plain)
    starts, ends = [one.start for one in found], [one.end for one in found]
    numbers = [
        _number(match, found[bisect_right(ends, match.start()) : bisect_left(starts, match.end())])
        for match in _WRITTEN.finditer(plain)
    ]
    commas = {number.with_comma for number in numbers if number.with_comma is not None}
    digits = {form for number in numbers for form in (number.digits, *number.parts)}
    return _Text(numbers, all_values(found) | commas, frozenset(digits))


def _number(match: re.Match[str], read: Sequence[FoundNumber]) -> _Number:
    parts = tuple(_SEPARATOR.split(match.group()))
    return _Number(*match.span(), parts, tuple(read), _with_comma(match.group(), parts))


def _with_comma(written: str, parts: Sequence[str]) -> str | None:
    is_decimal = len(parts) == 2 and "," in written
    return str(Fraction(".".join(parts))) if is_decimal else None


def _plain(character: str) -> str:
    """The character, as 0 to 9 where it is a decimal digit of another script."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character

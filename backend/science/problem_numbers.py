"""The numbers in a problem as values, wherever and however they are written.

`3`, `3.0`, `three` and `6/2` are one value, and so are `half`, `1/2`, `0.5` and `\\frac{1}{2}`:
whoever rewords a problem writes its numbers otherwise, whoever changes it writes other numbers.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

from backend.science.answer_words import CARDINAL, PARTS, cardinal

_MULTIPLES: Final[dict[str, int | Fraction]] = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "thrice": 3, "triple": 3,
    "tripled": 3, "triples": 3, "quadruple": 4, "quadrupled": 4, "dozen": 12, "dozens": 12,
    "half": Fraction(1, 2), "halves": Fraction(1, 2), "halved": Fraction(1, 2),
    "quarter": Fraction(1, 4), "quarters": Fraction(1, 4), "pair": 2,
}  # fmt: skip
_PARTS: Final = "|".join([*PARTS, "halve"])
_DIGITS: Final = r"\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})++(?!\d)|\d++"
_MOST_CHARACTERS: Final = 300
# The first character decides early which branch is tried: most places are no number. Possessive, so
# that a long gap or number is read once.
_PATTERN: Final = re.compile(
    rf"""
    (?=[\d.\\]) (?:
        \\[dtc]?frac\s*+\{{?+\s*+(?P<above>\d+)\s*+\}}?+\s*+\{{?+\s*+(?P<below>\d++)\s*+\}}?
      | (?<![\w.])(?P<over>\d++)\s?/\s?(?P<under>\d++)(?:th|rd)?(?![\w/])
      | (?<![\w.])(?P<whole>{_DIGITS})(?:\.\d++)?
      | (?<![\w.])\.\d++
      | (?<![^\W_])\d++
    )
    | (?=[a-z])\b(?:
        (?P<cardinal>{CARDINAL}|an?(?=[\s-](?:{_PARTS})s?\b))\b(?:[\s-](?P<parts>{_PARTS})s?\b)?
      | (?P<multiple>{"|".join(_MULTIPLES)})\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GROUPING: Final = re.compile(r"[,{}\\!]")


# What a person may write in its place: 4 decades as 40 (years), half an hour as 30 (minutes).
_UNIT: Final = re.compile(
    r"\s*(?:of\s+)?(?:an?\s+|the\s+)?"
    r"(%|percent|per cent|decade|week|year|hour|dozen|month|minute|day)",
    re.IGNORECASE,
)
_IN_OTHER_UNITS: Final[dict[str, tuple[int | Fraction, ...]]] = {
    "%": (Fraction(1, 100),), "percent": (Fraction(1, 100),), "per cent": (Fraction(1, 100),),
    "decade": (10,), "week": (7,), "year": (12, 52, 365), "hour": (60,), "dozen": (12,),
    "month": (Fraction(1, 12), 30), "minute": (Fraction(1, 60),), "day": (24, Fraction(1, 7)),
}  # fmt: skip


class FoundNumber(NamedTuple):
    """A number in a text.

    Attributes:
        value: as a whole number or a reduced fraction.
        start, end: the half-open span of the text where it is written.
        others: what it is in other units, judged by the word behind it.
    """

    value: str
    start: int
    end: int
    others: frozenset[str] = frozenset()

    def says(self, values: frozenset[str]) -> bool:
        """Whether it is one of these values, in one unit or another."""
        return self.value in values or not self.others.isdisjoint(values)


def find_numbers(text: str) -> list[FoundNumber]:
    """The numbers in a text, in its order.

    `one` in words is left out, since it mostly says `a`, and so is what takes more than 300
    characters.
    """
    found = []
    for match in _PATTERN.finditer(text):
        value = _value(match) if len(match.group()) <= _MOST_CHARACTERS else None
        if value is not None:
            found.append(FoundNumber(str(value), *match.span(), _others(value, text, match.end())))
    return found


def all_values(numbers: Iterable[FoundNumber]) -> frozenset[str]:
    """The values of numbers, in all units."""
    return frozenset(form for number in numbers for form in (number.value, *number.others))


def _others(value: Fraction | int, text: str, end: int) -> frozenset[str]:
    unit = _UNIT.match(text, end)
    factors = _IN_OTHER_UNITS.get(unit[1].lower(), ()) if unit else ()
    return frozenset(str(Fraction(value) * factor) for factor in factors)


def _value(match: re.Match[str]) -> Fraction | int | None:
    groups = match.groupdict()
    if groups["above"] is not None:
        return _ratio(groups["above"], groups["below"])
    if groups["over"] is not None:
        return _ratio(groups["over"], groups["under"])
    if groups["cardinal"] is not None:
        return _in_words(groups["cardinal"], groups["parts"])
    if groups["multiple"] is not None:
        return _MULTIPLES.get(groups["multiple"].lower())
    digits = _GROUPING.sub("", match.group())
    return Fraction(f"0{digits}" if digits.startswith(".") else digits)


def _in_words(words: str, parts: str | None) -> Fraction | int | None:
    value = cardinal(words)
    if parts is not None and value is not None:
        return Fraction(value, PARTS.get(parts.lower(), 2))
    return None if value == 1 else value


def _ratio(above: str, below: str) -> Fraction | None:
    return Fraction(int(above), int(below)) if int(below) else None

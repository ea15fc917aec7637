"""Dates in answers."""

import re
from datetime import date
from typing import Final

from backend.science.answer_keys import AnswerKey

_MONTHS: Final = (
    "january february march april may june july august september october november december".split()
)
_NUMERIC: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_MONTH: Final = "(" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r"|sept)\.?"
_MONTH_FIRST: Final = re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(\d{{4}})", re.IGNORECASE)
_DAY_FIRST: Final = re.compile(
    rf"{_WEEKDAY}{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(\d{{4}})", re.IGNORECASE
)


def date_key(text: str) -> AnswerKey | None:
    """The key of a full date, None for anything else.

    Slashed dates are read month first, as American texts write them, unless only day first makes a
    date (25/12/2020). A day that the calendar does not have is no date.
    """
    if found := _ISO.fullmatch(text):
        return _key(found[1], found[2], found[3])
    if found := _NUMERIC.fullmatch(text):
        return _key(found[3], found[1], found[2]) or _key(found[3], found[2], found[1])
    if found := _MONTH_FIRST.fullmatch(text):
        return _key(found[3], _month(found[1]), found[2])
    if found := _DAY_FIRST.fullmatch(text):
        return _key(found[3], _month(found[2]), found[1])
    return None


def _month(name: str) -> str:
    return str(next(n for n, month in enumerate(_MONTHS, 1) if month[:3] == name[:3].lower()))


def _key(year: str, month: str, day: str) -> AnswerKey | None:
    try:
        return AnswerKey("date", date(int(year), int(month), int(day)).isoformat())
    except ValueError:
        return None

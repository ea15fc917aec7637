"""Dates and times of day in answers."""

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
_NO_YEAR: Final = re.compile(
    rf"{_WEEKDAY}(?:{_MONTH}\s+{_DAY}|{_DAY}\s+(?:of\s+)?{_MONTH})", re.IGNORECASE
)
_NAMED_TIMES: Final = {"noon": "12:00", "midnight": "00:00"}
_TIME: Final = re.compile(
    r"(?:at\s+)?(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
    r"(?P<clock>\s*o'clock)?\s*(?:(?P<half>[ap])\.?\s?m\.?)?",
    re.IGNORECASE,
)


def date_key(text: str) -> AnswerKey | None:
    """The key of a date, with its year or without, None for anything else.

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
    if found := _NO_YEAR.fullmatch(text):
        month, day = found[1] or found[4], found[2] or found[3]
        # 2000 was a leap year: February 29 is a day.
        key = _key("2000", _month(month), day)
        return key and AnswerKey("date", key.value[4:])
    return None


def _month(name: str) -> str:
    return str(next(n for n, month in enumerate(_MONTHS, 1) if month[:3] == name[:3].lower()))


def _key(year: str, month: str, day: str) -> AnswerKey | None:
    try:
        return AnswerKey("date", date(int(year), int(month), int(day)).isoformat())
    except ValueError:
        return None


def time_key(text: str) -> AnswerKey | None:
    """The key of a time of day on the 24-hour clock, None for anything else.

    Without a.m. or p.m. the hours are those of that clock: `3:30` is `3:30 am`.
    """
    if text.lower() in _NAMED_TIMES:
        return AnswerKey("time", _NAMED_TIMES[text.lower()])
    found = _TIME.fullmatch(text)
    if not found or not any(found.group("minute", "half", "clock")):
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if hour > (12 if half else 23) or (half and hour == 0):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    second = f":{found['second']}" if found["second"] and found["second"] != "00" else ""
    return AnswerKey("time", f"{hour:02}:{found['minute'] or '00'}{second}")

"""Numbers in answers: integers, fractions, decimals, percentages, and amounts with a unit.

The choices, each in one sentence. Digits grouped in threes without a space (`1,000`, `100,200`)
are one number; a space after the comma makes a list. Trailing zeros of a decimal say nothing: `3.0`
is the integer 3 and `37.50` is `37.5`; the digits that remain are its precision, so `0.33` and
`0.333` differ. A fraction is reduced, and one with denominator 1 is an integer. The prompt fixes
the unit of a single quantity, so a currency sign or a unit is dropped (`$18`, `18 dollars`, `18`);
per cent is not a unit but a kind of its own. Beyond 400 digits a number is left an expression.
"""

import re
from fractions import Fraction
from typing import Final

from backend.science.answer_keys import AnswerKey

_MAX_DIGITS: Final = 400
_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|\d+)"
_NUMBER: Final = re.compile(
    rf"""
    (?P<sign>[-+]?)\s*
    (?: (?:(?P<mixed>\d+)\s+)? (?P<over>{_DIGITS}) \s*/\s* (?P<under>-?{_DIGITS})
      | (?P<whole>{_DIGITS})? (?:\.(?P<part>\d+))?
        (?: (?:[eE]|\s*\*\s*10\s*\^\s*) \(?(?P<exponent>[-+]?\d{{1,2}})\)? )?
    )
    (?P<rest>[^\d].*)?
    """,
    re.VERBOSE,
)
_PERCENT: Final = re.compile(r"\s*(?:%|per\s?cent)", re.IGNORECASE)
_SCALES: Final = {
    "dozen": 12,
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_SCALE: Final = re.compile(rf"\s*({'|'.join(_SCALES)})\b")
_ABBREVIATIONS: Final = (
    "nm|mm|cm|dm|km|in|ft|yd|mi|mg|kg|oz|lbs?|ml|mL|dl|cl|ms|hr|hrs|min|mins|sec|secs|mph|kph|km/h"
    "|m/s|Hz|kHz|MHz|GHz|kW|MW|kJ|kN|kPa|Pa|atm|mol|eV|USD|EUR|GBP|usd|sq"
)
_WORD: Final = (
    r"(?!(?:or|and|to|plus|minus|times|over|pi|sqrt|sin|cos|tan|log|ln|exp|mod|am|pm|choose|base)\b)"
    rf"(?:[A-Za-z]{{3,}}|(?:{_ABBREVIATIONS}|of|in|per|a|an|the|each)\b)"
)
_UNIT: Final = re.compile(
    rf"(?:\s*(?:{_ABBREVIATIONS})(?:\^[23])?"
    rf"|\s+[mgslLhJNWVKCF](?:\^[23]|/s(?:\^2)?)?"
    rf"|\s+{_WORD}(?:(?:\s*/\s*|\s+|-){_WORD}){{0,3}}(?:\^[23])?"
    rf"|\s*\({_WORD}(?:\s+{_WORD}){{0,3}}\))"
)


def number_key(text: str) -> AnswerKey | None:
    """The key of a number with at most a percent sign or a unit behind it, else None."""
    match = _NUMBER.fullmatch(text)
    if not match or sum(char.isdigit() for char in text) > _MAX_DIGITS or not text.isascii():
        return None
    value = _value(match)
    if value is None:
        return None
    is_fraction = match["over"] is not None
    rest = match["rest"] or ""
    if scale := _SCALE.match(rest):
        value, rest = value * _SCALES[scale[1]], rest[scale.end() :]
    if _PERCENT.fullmatch(rest):
        return AnswerKey("percent", _numeral(value, is_fraction)[1])
    if rest.strip() and not _UNIT.fullmatch(rest):
        return None
    return _numeral(value, is_fraction)


def _value(match: re.Match[str]) -> Fraction | None:
    sign = -1 if match["sign"] == "-" else 1
    if match["over"] is not None:
        under = _integer(match["under"])
        if under == 0:
            return None
        return sign * (_integer(match["mixed"]) + Fraction(_integer(match["over"]), under))
    part = match["part"] or ""
    if match["whole"] is None and not part:
        return None
    value = Fraction(_integer(match["whole"]) * 10 ** len(part) + _integer(part), 10 ** len(part))
    return sign * value * Fraction(10) ** int(match["exponent"] or 0)


def _integer(digits: str | None) -> int:
    return int(digits.replace(",", "").replace(" ", "")) if digits else 0


def _numeral(value: Fraction, is_fraction: bool) -> AnswerKey:
    if value.denominator == 1:
        return AnswerKey("integer", str(value.numerator))
    if is_fraction:
        return AnswerKey("rational", f"{value.numerator}/{value.denominator}")
    return AnswerKey("decimal", _decimal(value))


def _decimal(value: Fraction) -> str:
    """All digits of a fraction whose denominator divides a power of ten, without trailing zeros."""
    places = next(n for n in range(1, 2 * _MAX_DIGITS) if not 10**n % value.denominator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"

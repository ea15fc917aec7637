"""Numbers in answers: integers, fractions, decimals, percentages and quantities.

The choices, each in one sentence. Digits grouped in threes without a space (`1,000`, `100,200`)
are one number; a space after the comma makes a list. Trailing zeros of a decimal say nothing: `3.0`
is the integer 3 and `37.50` is `37.5`; the digits that remain are its precision, so `0.33` and
`0.333` differ, except where they are the rounding of a double (`28.000000000000004`). A fraction is
reduced, and one with denominator 1 is an integer. A number with a unit of measure, a currency or
the plural of what is counted (`18 apples`) is a quantity, one with a per cent sign a percentage;
longer descriptions (`18 apples left in it`) are dropped. Beyond 400 digits a number is left an
expression.
"""

import re
from fractions import Fraction
from typing import Final

from backend.science.answer_keys import AnswerKey
from backend.science.answer_units import Unit, are_compatible, unit_of
from backend.science.answer_words import in_digits

_MAX_DIGITS: Final = 400
_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|\d+)"
_NUMBER: Final = re.compile(
    rf"""
    (?P<sign>(?:[-+]\s*)*) (?P<currency>(?:USD|EUR|GBP|JPY|INR)\s+)? (?P<inner>-?)\s*
    (?: (?:(?P<mixed>\d+)\s+)? (?P<over>{_DIGITS}) \s*/\s* (?P<under>-?{_DIGITS})
      | (?P<whole>{_DIGITS})? (?:\.(?P<part>\d+))?
        (?: (?:[eE]|\s*\*\s*10\s*\^\s*) \(?(?P<exponent>[-+]?\d{{1,2}})\)? )?
    )
    (?P<rest>[^\d].*)?
    """,
    re.VERBOSE,
)
_PERCENT: Final = re.compile(r"\s*(?:%|per\s?cent)(?:\s+(?:of|off|more|less)\b\D*)?", re.IGNORECASE)
_MINUS: Final = re.compile(r"(?:minus|negative)\s+(?=\d)", re.IGNORECASE)
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
    "|m/s|Hz|kHz|MHz|GHz|kW|MW|kJ|kN|kPa|Pa|atm|mol|eV|USD|EUR|GBP|JPY|INR|usd|sq"
)
_WORD: Final = (
    r"(?!(?:or|and|to|plus|minus|times|over|pi|sqrt|sin|cos|tan|log|ln|exp|mod|am|pm|choose|base)\b)"
    rf"(?:[A-Za-z]{{3,}}|(?:{_ABBREVIATIONS}|of|in|per|a|an|the|each)\b)"
)
_UNIT: Final = re.compile(
    rf"(?:\s*(?:{_ABBREVIATIONS})(?:\^[23])?(?:/(?:{_WORD}|[smh]))?(?:\s+{_WORD}){{0,3}}"
    rf"|\s+[mgslLhJNWVKCF](?:\^[23]|/s(?:\^2)?)?|\s+degrees\s+[CF]"
    rf"|\s+{_WORD}(?:(?:\s*/\s*|\s+|-){_WORD}){{0,4}}(?:\^[23])?"
    rf"|\s*/\s*{_WORD}(?:\s+{_WORD}){{0,2}}|\s*\({_WORD}(?:\s+{_WORD}){{0,3}}\))"
)
# `1/a` and `5 a`: a variable, where no word follows that it could be the article of.
_VARIABLE: Final = re.compile(r"\s*(?:/\s*)?a")
_NAME: Final = re.compile(r"\b[A-Z][a-z]{2}")
_NOISE_DIGITS: Final = 15
_PIECE: Final = r"\d+(?:\.\d+)?\s*[A-Za-z]+\.?"
_COMPOUND: Final = re.compile(rf"{_PIECE}(?:(?:,?\s+and\s+|,?\s*){_PIECE}){{1,2}}")


def number_key(text: str) -> AnswerKey | None:
    """The key of a number with at most a percent sign or a unit beside it, else None."""
    text = _MINUS.sub("-", in_digits(text), count=1)
    match = _NUMBER.fullmatch(text)
    if not match or sum(char.isdigit() for char in text) > _MAX_DIGITS or not text.isascii():
        return _compound(text)
    value = _value(match)
    if value is None:
        return None
    is_fraction = match["over"] is not None
    rest = match["rest"] or ""
    if scale := _SCALE.match(rest):
        value, rest = value * _SCALES[scale[1]], rest[scale.end() :]
    if _PERCENT.fullmatch(rest):
        return AnswerKey("percent", numeral(value, is_fraction).value)
    if rest.strip() and (_VARIABLE.fullmatch(rest) or not _UNIT.fullmatch(rest)):
        return _compound(text)
    unit = unit_of(match["currency"] or rest)
    if unit is None and _NAME.search(rest):
        return None  # 7 samurai are a number, 7 Samurai a film
    number = numeral(value, is_fraction)
    return AnswerKey("quantity", f"{number.value} {unit.symbol}") if unit else number


def _compound(text: str) -> AnswerKey | None:
    """An amount in two or three units, `5 feet 6 inches`, said in the last of them."""
    if not text.isascii() or not _COMPOUND.fullmatch(text):
        return None
    total, last = Fraction(0), None
    for number, word in re.findall(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)", text):
        unit = unit_of(word)
        if unit is None or not (last is None or _is_finer(unit, last)):
            return None
        total, last = total + Fraction(number) * unit.factor, unit
    if last is None:
        return None
    return AnswerKey("quantity", f"{numeral(total / last.factor, False).value} {last.symbol}")


def _is_finer(unit: Unit, than: Unit) -> bool:
    return are_compatible(unit, than) and unit.factor < than.factor


def _value(match: re.Match[str]) -> Fraction | None:
    sign = -1 if (match["sign"] + match["inner"]).count("-") % 2 else 1
    if match["over"] is not None:
        under = _integer(match["under"])
        if under == 0:
            return None
        return sign * (_integer(match["mixed"]) + Fraction(_integer(match["over"]), under))
    part = match["part"] or ""
    if match["whole"] is None and not part:
        return None
    value = Fraction(_integer(match["whole"]) * 10 ** len(part) + _integer(part), 10 ** len(part))
    return Fraction(sign * value * Fraction(10) ** int(match["exponent"] or 0))


def _integer(digits: str | None) -> int:
    return int(digits.replace(",", "").replace(" ", "")) if digits else 0


def numeral(value: Fraction, is_fraction: bool) -> AnswerKey:
    """The key of a bare number, which was written as a fraction or with a decimal point."""
    if value.denominator != 1 and not is_fraction:
        value = _without_float_noise(value)
    if value.denominator == 1:
        return AnswerKey("integer", str(value.numerator))
    decimal = None if is_fraction else _decimal(value)
    if decimal is None:
        return AnswerKey("rational", f"{value.numerator}/{value.denominator}")
    return AnswerKey("decimal", decimal)


def _without_float_noise(value: Fraction) -> Fraction:
    """28.000000000000004 is what a program prints for 28: the end of a double's 53 bits."""
    rounded = Fraction(f"{float(value):.12g}") if abs(value) < 10**15 else value
    noisy = _significant_digits(value) >= _NOISE_DIGITS
    return rounded if noisy and _significant_digits(rounded) <= _NOISE_DIGITS // 2 else value


def _significant_digits(value: Fraction) -> int:
    return len((_decimal(value) or "").replace(".", "").strip("-0"))


def _decimal(value: Fraction) -> str | None:
    """All digits without trailing zeros behind the point, None where they do not end."""
    twos = (value.denominator & -value.denominator).bit_length() - 1
    fives, rest = 0, value.denominator >> twos
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    if rest != 1:
        return None
    places = max(twos, fives)
    if places == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"

"""Keys of single answers: letters, yes and no, dates and times, numbers, expressions and texts."""

import re
from typing import Final

from backend.science.answer_dates import date_key, time_key
from backend.science.answer_formulas import formula
from backend.science.answer_keys import AnswerKey
from backend.science.answer_numbers import number_key, numeral
from backend.science.answer_units import unit_of
from backend.science.formula_values import has_decimals, rational_value

_LETTER: Final = re.compile(
    r"(?:(?i:option|choice|answer)\s+)?\(?\s*([A-J])\s*\)?"
    r"|(?:(?i:option|choice|answer)\s+\(?\s*|\(\s*)([a-j])\s*\)?|([a-dfgj])\)?|([ehi])\)"
)
_LABELLED: Final = re.compile(r"(?:\(([A-J])\)\s*|([A-J])[).:]\s+|([A-J])\)\s*)\S.*")
_BOOLEANS: Final = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_HEDGE: Final = re.compile(r"(?:~|(?i:about|approximately|approx\.?|roughly|around|exactly)\b)\s*")
_ASSIGNED: Final = re.compile(
    r"(?:[A-Za-z](?:_\w+)?(?:\([A-Za-z]\))?\s*|[^A-Za-z=<>!]+|(?:[A-Za-z]+\s+)*[A-Za-z]{3,}\s*)"
    r"=([^=<>]+)"
)
_EQUATION: Final = re.compile(r"\s*([A-Za-z])\s*=(.*)")
_MEASURED: Final = re.compile(
    r"(\S.*?)\s+((?:(?:square|cubic|sq)\s+)?(?:(units?)|[A-Za-z]{2,}(?:[\s/][A-Za-z]+)*)(?:\^[23])?)"
)
_TRIGONOMETRIC: Final = re.compile(r"sin|cos|tan|cot|sec|csc")
_LOGARITHM: Final = re.compile(r"(log_\w+) (\w+)")
_RATIO: Final = re.compile(r"\d+(?:\s*:\s*\d+)+")
_MATHEMATICAL: Final = re.compile(
    r"[\d=<>^*/+±∞|\\-]|sqrt|pi|\b[A-Za-z]!|\b(?:arc)?(?:sin|cos|tan|cot|sec|csc|ln|log|exp)(?:\s+[a-z]\b|\()"
)
_FUNCTION: Final = re.compile(
    r"(?:arc)?(?:sin|cos|tan)h?|sqrt|root|log|ln|exp|cot|sec|csc|lim|max|min|gcd|lcm|mod|pi|theta"
    r"|alpha|beta|gamma|delta|lambda|omega|sigma|phi|binom|infinity|degrees"
)
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_IMPLICIT_PRODUCT: Final = re.compile(r"(?<=[\w)])\*(?=[A-Za-z(])|(?<=[A-Za-z)])\*(?=\d)")
_INFINITE: Final = re.compile(
    r"(?:\+|plus|positive)?\s*(-|minus|negative)?\s*(?:∞|infinity|inf|oo)", re.IGNORECASE
)
_REMARKED: Final = re.compile(
    r"(yes|no)[,.;]\s+(?!.*\b(?:yes|no|true|false)\b).*[a-z]{2}.*", re.IGNORECASE | re.DOTALL
)
_ARTICLE: Final = re.compile(r"(?:the|a|an)\s+(?=\w)")


def scalar_key(text: str) -> AnswerKey:
    """The key of a single plain answer: letter, boolean, date, time, number or expression.

    An expression whose value is a rational number is that number. What is none of these is a text:
    its letters folded to one case, its spaces collapsed, without an article before it, without
    hyphens between words and points after letters.
    """
    text = value_side(text)
    letter = _LETTER.fullmatch(text) or _LABELLED.fullmatch(text)
    if letter:
        return AnswerKey("letter", next(filter(None, letter.groups())).upper())
    if text.lower() in _BOOLEANS:
        return AnswerKey("boolean", _BOOLEANS[text.lower()])
    if remarked := _REMARKED.fullmatch(text):
        return AnswerKey("boolean", _BOOLEANS[remarked[1].lower()])
    value = date_key(text) or time_key(text) or number_key(_HEDGE.sub("", text, count=1))
    return value or expression_key(text) or AnswerKey("text", _folded(text))


def expression_key(text: str) -> AnswerKey | None:
    """The key of an expression, with a unit or without, None where words stand in it."""
    if infinite := infinity_key(text):
        return infinite
    if text in ("e", "i"):
        return AnswerKey("expression", text)
    if measured := _MEASURED.fullmatch(text):
        number, unit = expression_key(measured[1]), unit_of(measured[2])
        angle = unit and unit.symbol == "degree" and _TRIGONOMETRIC.search(measured[1])
        if number and formula(number.value) and (unit or measured[3]) and not angle:
            return AnswerKey("quantity", f"{number.value} {unit.symbol}") if unit else number
    if not _MATHEMATICAL.search(text) or _LONG_WORD.search(_FUNCTION.sub(" ", text)):
        return None
    return _expression_or_number(text)


def infinity_key(text: str) -> AnswerKey | None:
    """The key of plus or minus infinity, None for anything else."""
    found = _INFINITE.fullmatch(text)
    return AnswerKey("expression", "-∞" if found[1] else "∞") if found else None


def value_side(text: str) -> str:
    """What stands after the sign in `x = 5`, `f(x) = 2x` and `6 * 9 = 54`.

    The prompt fixes which quantity is asked for, so a single name on the left says nothing. An
    equation between expressions (`2x + y = 5`) or between variables (`y = 2x`) is itself the
    answer and stays whole.
    """
    assigned = _ASSIGNED.fullmatch(text)
    if not assigned or _is_equation(text):
        return text
    return assigned[1].strip()


def _is_equation(text: str) -> bool:
    named = _EQUATION.fullmatch(text)
    if not named:
        return False
    words = re.findall(r"[A-Za-z]+", _FUNCTION.sub(" ", named[2]))
    other = {letter for word in words for letter in word} - set(named[1]) - {"e", "i"}
    return bool(other) and not _LONG_WORD.search(" ".join(words)) and "," not in text


def _expression_or_number(text: str) -> AnswerKey:
    if _RATIO.fullmatch(text):
        return AnswerKey("expression", re.sub(r"\s", "", text))
    dense = _dense(text)
    tree = formula(dense)
    value = rational_value(tree) if tree else None
    if tree is None or value is None:
        return AnswerKey("expression", dense)
    return numeral(value, not has_decimals(tree))


def _dense(text: str) -> str:
    """Without spaces and without the product signs that juxtaposition says as well."""
    text = _LOGARITHM.sub(r"\1(\2)", text)
    text = re.sub(r"(?<![\d.])(\d+) (\d+/\d+)(?![\d.])", r"(\1+\2)", text)
    dense = re.sub(r"\s+(?!(?<=\d\s)\d)", "", text).replace("**", "^")
    return _IMPLICIT_PRODUCT.sub("", dense)


def _folded(text: str) -> str:
    folded = re.sub(r"(?<=[^\W\d])\.|(?<=[^\W\d])-(?=[^\W\d])", _spelled, text.casefold())
    folded = " ".join(folded.split())
    return _ARTICLE.sub("", folded, count=1) if _ARTICLE.match(folded) else folded


def _spelled(sign: re.Match[str]) -> str:
    return " " if sign.group() == "-" else ""

"""Keys of single answers: letters, yes and no, dates, numbers, expressions and texts."""

import re
from typing import Final

from backend.science.answer_dates import date_key
from backend.science.answer_keys import AnswerKey
from backend.science.answer_numbers import number_key

_LETTER: Final = re.compile(r"(?:(?i:option|choice)\s+)?\(?\s*([A-Ja-j])\s*\)?")
_LABELLED: Final = re.compile(r"(?:\(([A-J])\)|([A-J])[).:])\s+\S.*")
_BOOLEANS: Final = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_HEDGE: Final = re.compile(r"(?:~|(?i:about|approximately|approx\.?|roughly|around)\b)\s*")
_ASSIGNED: Final = re.compile(r"(?:[A-Za-z](?:_\w+)?(?:\([A-Za-z]\))?\s*|[^A-Za-z=<>!]+)=([^=<>]+)")
_MATHEMATICAL: Final = re.compile(r"[\d=<>^*/+±∞|\\-]|sqrt|pi")
_FUNCTION: Final = re.compile(
    r"(?:arc)?(?:sin|cos|tan)h?|sqrt|root|log|ln|exp|cot|sec|csc|lim|max|min|gcd|lcm|mod|pi|theta"
    r"|alpha|beta|gamma|delta|lambda|omega|sigma|phi|infinity"
)
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_IMPLICIT_PRODUCT: Final = re.compile(r"(?<=[\w)])\*(?=[A-Za-z(])|(?<=[A-Za-z)])\*(?=\d)")


def scalar_key(text: str) -> AnswerKey:
    """The key of a single plain answer, in the order letter, boolean, date, number, expression.

    What none of these fits is a text: its letters folded to one case, its spaces collapsed.
    """
    text = _value_side(text)
    letter = _LETTER.fullmatch(text) or _LABELLED.fullmatch(text)
    if letter:
        return AnswerKey("letter", next(filter(None, letter.groups())).upper())
    if text.lower() in _BOOLEANS:
        return AnswerKey("boolean", _BOOLEANS[text.lower()])
    value = date_key(text) or number_key(_HEDGE.sub("", text, count=1))
    if value:
        return value
    if _is_expression(text):
        return AnswerKey("expression", _expression(text))
    return AnswerKey("text", " ".join(text.casefold().split()))


def _value_side(text: str) -> str:
    """What stands after the sign in `x = 5`, `f(x) = 2x` and `6 * 9 = 54`.

    The prompt fixes which quantity is asked for, so a single name on the left says nothing. An
    equation between expressions (`2x + y = 5`) is itself the answer and stays whole.
    """
    assigned = _ASSIGNED.fullmatch(text)
    return assigned[1].strip() if assigned else text


def _is_expression(text: str) -> bool:
    return bool(_MATHEMATICAL.search(text)) and not _LONG_WORD.search(_FUNCTION.sub(" ", text))


def _expression(text: str) -> str:
    """Without spaces and without the product signs that juxtaposition says as well."""
    dense = re.sub(r"\s+", "", text).replace("**", "^")
    return _IMPLICIT_PRODUCT.sub("", dense)

r"""Whether an answer says two different things in the end.

What claims to be the final answer is a `\boxed{}` or a statement ("the answer is"). Two claims
contradict each other where both are numbers, letters, dates or names and cannot mean the same:
rounding, units, percentages and formulas are no contradictions, and neither are parts of one answer
("3 and 5", "(a) 3 (b) 5").
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from backend.science.answer_extraction import boxed_spans, extract_answer
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key

_STATEMENT: Final = re.compile(
    r"\b(?:final|correct|(?:so|thus|hence|therefore),?\sthe|my|the)\s(?:(?:final|correct)\s)?answer\b"
    r"[*_`'\"]{0,3}(?:\s?:|\s(?:is|must\sbe|would\sbe)\b)[^\n]{1,200}",
    re.IGNORECASE,
)
# What is asked, or a factorial, is nothing that could be compared.
_NO_CLAIM: Final = re.compile(r"[?!]")
_SENTENCE_END: Final = re.compile(r"[.;]\s")
_ASKS_FOR_PARTS: Final = re.compile(r"(?:^|\s)\((?:a|i|1)\)\s|\brespectively\b", re.IGNORECASE)
_PART: Final = re.compile(r"(?:^|\s)\([a-hivx]{1,3}\)|\bparts?\b|\bquestions?\b", re.IGNORECASE)
_JOINED: Final = re.compile(
    r"[\s{}()\[\]$\\]{0,9}(?:\w{1,12}\s)?"
    r"(?:\b(?:and|or|und|oder|et|ou|y|o|e)\b|[,;&=≈]|\\(?:quad|approx))[^.\n]{0,20}",
    re.IGNORECASE,
)
_LINE: Final = 200
_LONGEST: Final = 500
_NUMBERS: Final = frozenset({"integer", "rational", "decimal", "percent", "quantity"})
_TOLERANCE: Final = Fraction(1, 50)
_MOST_WORDS: Final = 3


class _Claim(NamedTuple):
    start: int
    end: int
    key: AnswerKey


def contradiction(answer: str, prompt: str = "") -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Half-open spans of the first two claims in a row that contradict each other.

    Args:
        answer: what a user is shown.
        prompt: the seed's; where it asks for several parts, claims may differ.
    """
    if _ASKS_FOR_PARTS.search(prompt):
        return None
    for one, two in pairwise(sorted(_claims(answer))):
        if _contradict(one.key, two.key) and not _are_parts(answer, one, two):
            return one[:2], two[:2]
    return None


def _claims(text: str) -> Iterator[_Claim]:
    boxes = [span for span in boxed_spans(text) if span[1] - span[0] <= _LONGEST]
    spans = [
        *((start, end, text[start:end]) for start, end in boxes),
        *((*found.span(), _stated(found.group())) for found in _STATEMENT.finditer(text)),
    ]
    for start, end, value in spans:
        key = canonical_key(value)
        if key is not None:
            yield _Claim(start, end, key)


def _stated(statement: str) -> str | None:
    """What a statement says, where it does not lead to a box, which is a claim of its own."""
    before, box, _ = statement.partition("\\boxed")
    leads_to_box = box and not _SENTENCE_END.search(before)
    return None if leads_to_box or _NO_CLAIM.search(before) else extract_answer(before)


def _contradict(one: AnswerKey, two: AnswerKey) -> bool:
    if one.kind in _NUMBERS and two.kind in _NUMBERS:
        return not _may_be_same_number(one, two)
    if one.kind != two.kind or one == two:
        return False
    if one.kind == "text":
        words = [key.value.split() for key in (one, two)]
        return max(map(len, words)) <= _MOST_WORDS and set(words[0]).isdisjoint(words[1])
    return one.kind in ("letter", "boolean", "date", "time")


def _may_be_same_number(one: AnswerKey, two: AnswerKey) -> bool:
    if one.kind == two.kind == "integer":
        return one == two
    (first, unit), (second, other_unit) = _number(one), _number(two)
    if first is None or second is None or (unit and other_unit and unit != other_unit):
        return True
    factors = (1, 100, Fraction(1, 100)) if "percent" in (one.kind, two.kind) else (1,)
    return any(abs(first * factor - second) <= _TOLERANCE * abs(second) for factor in factors)


def _number(key: AnswerKey) -> tuple[Fraction | None, str]:
    value, _, unit = key.value.partition(" ")
    try:
        return Fraction(value), unit
    except (ValueError, ZeroDivisionError):
        return None, unit


def _are_parts(text: str, one: _Claim, two: _Claim) -> bool:
    between = text[one.end : two.start]
    if _JOINED.fullmatch(between):
        return True
    return any(_PART.search(_line_before(text, claim.start)) for claim in (one, two))


def _line_before(text: str, place: int) -> str:
    return text[max(place - _LINE, 0) : place].rpartition("\n")[2]

"""From an answer as it was written to its key.

Keys are typed, and never equal across types. They split sooner than they merge: `0.5` and `1/2`
are two classes, so are `x+1` and `1+x`. `backend.science.equivalence` joins keys of one type that
say the same; nothing could take apart what one key joins.
"""

import hashlib
import re
from functools import lru_cache
from typing import Final

from backend.science.answer_collections import collection_key, matrix_key, part_key
from backend.science.answer_dates import date_key, time_key
from backend.science.answer_keys import AnswerKey
from backend.science.answer_markup import MAX_LENGTH, plain, without_controls, without_fence
from backend.science.answer_numbers import number_key
from backend.science.answer_scalars import value_side

__all__ = ["AnswerKey", "canonical_key"]

_MATRIX: Final = re.compile(
    r"(?:\\left)?\s*[\[(]?\s*\\begin\{([pbB]?matrix|array)\}(?:\{[lcr|]*\})?(.*?)\\end\{\1\}"
    r"\s*(?:\\right)?\s*[\])]?\s*",
    re.DOTALL,
)
_REALS: Final = frozenset({"all real numbers", "all reals", "real numbers", "the real numbers"})
_TEX: Final = re.compile(r"[\\$]")


def canonical_key(answer: str | None) -> AnswerKey | None:
    """The key of the class that an answer belongs to.

    Args:
        answer: the answer alone, as `extract_answer` gives it.

    Returns:
        A typed key, or None where there is no answer: nothing there, or only punctuation. An
        answer longer than `MAX_LENGTH` characters is a text; a value that long is kept as its hash.
    """
    if not answer:
        return None
    if len(answer) > MAX_LENGTH:
        folded = " ".join(answer.casefold().split())
        return AnswerKey("text", _digest(folded)) if folded else None
    return _short_key(answer)


# The same answer comes again and again: from other samples, and when a seed is looked at again.
@lru_cache(maxsize=2**13)
def _short_key(answer: str) -> AnswerKey | None:
    key = _output_key(answer) or _matrix_key(answer) or _plain_key(plain(without_fence(answer)))
    if key is None or len(key.value) <= MAX_LENGTH:
        return key
    return AnswerKey(key.kind, _digest(key.value))


def _output_key(answer: str) -> AnswerKey | None:
    """What a program printed: several lines without TeX, in which case and spaces count."""
    printed = without_fence(answer)
    lines = [without_controls(line).rstrip() for line in printed.splitlines()]
    if sum(bool(line) for line in lines) < 2 or (printed == answer and _TEX.search(answer)):
        return None
    return AnswerKey("output", "\n".join(lines).strip("\n"))


def _matrix_key(answer: str) -> AnswerKey | None:
    found = _MATRIX.fullmatch(answer.strip(" \n$.").removeprefix("\\[").removesuffix("\\]"))
    if not found:
        return None
    rows = [row.split("&") for row in re.split(r"\\\\(?:\[[^]]*\])?", found[2]) if row.strip()]
    if not rows or len({len(row) for row in rows}) > 1:
        return None
    return matrix_key([[plain(entry) for entry in row] for row in rows])


def _plain_key(text: str) -> AnswerKey | None:
    if not re.search(r"\w|[{}∞]", text):
        return None
    if text.lower() in _REALS:
        text = "(-∞,∞)"
    whole = date_key(text) or time_key(text) or number_key(value_side(text))
    return whole or collection_key(text) or part_key(text)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

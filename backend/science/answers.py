"""From an answer as it was written to the class it belongs to.

Answers are in one class exactly when their keys are equal. Keys are typed, and never equal across
types. They split sooner than they merge: `0.5` and `1/2` are two classes, so are `x+1` and `1+x`. A
finer notion of equivalence can join classes of one type later, but none could take them apart.
"""

import hashlib
import re

from backend.science.answer_collections import collection_key, part_key
from backend.science.answer_dates import date_key
from backend.science.answer_keys import AnswerKey
from backend.science.answer_markup import MAX_LENGTH, plain
from backend.science.answer_numbers import number_key

__all__ = ["AnswerKey", "canonical_key"]


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
    text = plain(answer)
    if not re.search(r"\w|[{}∞]", text):
        return None
    key = date_key(text) or number_key(text) or collection_key(text) or part_key(text)
    return key if len(key.value) <= MAX_LENGTH else AnswerKey(key.kind, _digest(key.value))


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

"""Does a prompt say its own answer?"""

import re
from collections.abc import Iterator
from typing import Final

from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.equivalence import equivalent_by_rules
from backend.science.rewrite_rules import MOST_SPANS, Checked, Span, quoted

_FLAGS: Final = re.IGNORECASE
_MOST_CLAIM: Final = 400
_MOST_VALUE: Final = 120
_MODAL: Final = r"(?:should|must|will|would|ought\s+to|has\s+to|can|may)"
_EQUALS: Final = (
    r"(?:is|are|be|equals?|being|turns?\s+out\s+to\s+be|comes?\s+(?:out\s+)?(?:to|as|at)"
    r"|works?\s+out\s+(?:to|as|at)|amounts?\s+to|evaluates?\s+to|reads?|says)"
)
_REPORTED: Final = r"(?:known|expected|supposed|found|said|claimed|meant|sure)\s+to\s+"
# "The answer is 5", "Answer: 5", "you should get 5", "it turns out to be 5", "#### 5", \boxed{5}
_STATED: Final = re.compile(
    rf"\b(?:answer|result|solution|outcome|key|ans)\b[*_)]{{0,2}}\s?"
    rf"(?:(?:{_MODAL}\s+)?(?:(?:is|be)\s+{_REPORTED})?{_EQUALS}|matches|agrees\s+with|of"
    r"|[=:：.,(])\s*"
    rf"|\b(?:you|one|we|they|students?|readers?)\s+(?:{_MODAL}\s+)?(?:then\s+|finally\s+)?"
    r"(?:gets?|obtains?|finds?|arrives?\s+at|reach(?:es)?|ends?\s+up\s+with|comes?\s+to)\s+"
    rf"(?:that\s+(?:it|this|the\s+\w+)\s+{_EQUALS}\s+)?"
    rf"|\b(?:it|this|that|which|value|total|sum|number|result|everything)\s+(?:{_MODAL}\s+)?"
    r"(?:turns?\s+out\s+to\s+be|comes?\s+(?:out\s+)?(?:to|as|at)|works?\s+out\s+(?:to|as|at)"
    r"|amounts?\s+to|evaluates?\s+to)\s+"
    r"|\b(?:calculation|computation|working|derivation|algebra|arithmetic|check|method)\s+"
    r"(?:gives|yields|shows|produces|leads\s+to)\s+"
    r"|\b(?:arrives?|arriving)\s+at\s+"
    r"|\bfor\s+(?:checking|reference|comparison|control)\s?[:,]\s*|\bspoilers?\s?[:,]\s*"
    r"|####\s*|\\boxed\s?(?=\{)|答案[是为：:]\s*",
    _FLAGS,
)
# "The result is 6 more than the number" does not say that it is 6.
_COMPARED: Final = re.compile(r"^\S{1,20}\s+(?:more|less|fewer|greater|smaller|times|percent)\b")
# "Show that ... = 5": everything that the claim says is given away.
_CLAIM: Final = re.compile(
    r"\b(?:show|prove|verify|demonstrate|confirm|check|conclude|deduce|argue|explain)\s+"
    r"(?:that\b|why\b|how\b|:)|\b(?:hence|thus|therefore|claim|suppose\s+we\s+know)\b|证明",
    _FLAGS,
)
_EQUATES: Final = re.compile(
    r"=|\\equiv\b|\b(?:is|are|equals?|equal\s+to|be|exactly|comes?\s+(?:out\s+)?(?:to|at)|gives"
    r"|yields|arrives?\s+at)\b(?:\s+(?:exactly|equal\s+to))?",
    _FLAGS,
)
_SENTENCE_END: Final = re.compile(r"[.?!;](?=\s|$)|\n\n|[。？！；]")
_VALUE_END: Final = re.compile(
    r"[.,;:?!)](?=\s|$)|[.)]{2}|[。，；？！]|\n|(?<=\})(?=\s)"
    # Nothing but a new sentence behind it.
    r"|\s(?=(?-i:[A-Z][a-z]))"
    r"|\s(?:and|or|for|when|where|if|with|is|so|because|then|but|as|in)\b"
    r"|(?<=[\w}])\s*=|(?<=[^\s$])\$(?=[\s.,;]|$)",
    _FLAGS,
)
_SHORT_NUMBER: Final = 3
_PLAIN_NUMBERS: Final = frozenset({"integer", "rational", "decimal", "percent", "quantity"})
_FEW_VALUES: Final = frozenset({"letter", "boolean"})


def not_leaked(prompt: str, answer: str | None) -> Checked:
    """Whether the prompt keeps its answer to itself.

    Failed where it states it ("the answer is 5", "show that x = 5"). A number that merely occurs is
    taken for data of the problem; unknown where a longer value occurs, which a person must look at.
    """
    key = canonical_key(answer)
    if answer is None or key is None:
        return Checked("unknown", "there is no answer to look for")
    if stated := tuple(_statements(prompt, key))[:MOST_SPANS]:
        return Checked("failed", f"states its answer: {quoted(prompt, stated)}", stated)
    occurring = _occurrences(prompt, answer)
    if occurring and not _is_common(key):
        return Checked("unknown", "the answer stands in the prompt: is it data?", occurring)
    if occurring:
        return Checked("passed", "the answer occurs, not as a statement of it", occurring)
    return Checked("passed", "the answer does not stand in the prompt")


def _statements(prompt: str, key: AnswerKey) -> Iterator[Span]:
    for match in _STATED.finditer(prompt):
        if (end := _says(prompt, match.end(), key)) is not None:
            yield match.start(), end
    for claim in _CLAIM.finditer(prompt):
        stop = _SENTENCE_END.search(prompt, claim.end(), claim.end() + _MOST_CLAIM)
        limit = stop.start() if stop else min(len(prompt), claim.end() + _MOST_CLAIM)
        for equates in _EQUATES.finditer(prompt, claim.end(), limit):
            if (end := _says(prompt, equates.end(), key)) is not None:
                yield claim.start(), end
                break


def _says(prompt: str, start: int, key: AnswerKey) -> int | None:
    """Where the value ends that stands here, if it is the answer."""
    window = prompt[start : start + _MOST_VALUE]
    ends = [match.start() for match in _VALUE_END.finditer(window)][:4]
    for end in [*ends, len(window)]:
        value = window[:end].strip().strip("$ *_").strip()
        value = value.removeprefix("{").removesuffix("}") if value.startswith("{") else value
        found = canonical_key(value) if value and not _COMPARED.match(value) else None
        if found is not None and (found == key or equivalent_by_rules(found, key)):
            return start + end
    return None


def _occurrences(prompt: str, answer: str) -> tuple[Span, ...]:
    wanted = r"\s*".join(re.escape(part) for part in answer.strip().strip("$").split())
    found = re.finditer(rf"(?<![\w.]){wanted}(?!\w|\.\d)", prompt, _FLAGS)
    return tuple(match.span() for match in found)[:MOST_SPANS]


def _is_common(key: AnswerKey) -> bool:
    """Whether such an answer is often met by chance: a short number, a letter, yes or no."""
    if key.kind in _FEW_VALUES:
        return True
    digits = sum(character.isdigit() for character in key.value)
    return key.kind in _PLAIN_NUMBERS and digits <= _SHORT_NUMBER

"""The checks of a rewrite that need no model: what rules can say of its text and answer."""

import re
from typing import Final

from backend.science.answers import canonical_key
from backend.science.rewrite_leaks import not_leaked
from backend.science.rewrite_questions import one_answer
from backend.science.rewrite_references import stands_alone
from backend.science.rewrite_rules import Checked, Wording

RULE_CHECKS: Final = ("stands_alone", "one_answer", "short_answer", "not_leaked", "changed")
MOST_ANSWER: Final = 200
"""Characters of an answer that is still short."""
MOST_WORDS: Final = 3
"""Words of an answer in free words that rules can still compare."""


_TELLS_NOTHING: Final = re.compile(
    r"(?:see|refer\s+to|cf\.)\s|(?:answers?|results?)\s+(?:may\s+|will\s+)?var(?:y|ies)\b"
    r"|(?:proof|omitted|n/?a|various|left\s+to\s+the\s+reader|not\s+(?:given|known))\b\W*$",
    re.IGNORECASE,
)


def check_rules(
    original: Wording, rewrite: Wording, *, has_tests: bool = False
) -> dict[str, Checked]:
    """What every rule says, by name, in the order of `RULE_CHECKS`.

    Args:
        original: the wording that is rewritten.
        rewrite: the proposed one; spans are of its prompt.
        has_tests: the seed is answered by a program, and its tests are the answer.
    """
    found = (
        stands_alone(rewrite.prompt),
        one_answer(rewrite.prompt),
        Checked("passed", "its tests are the answer")
        if has_tests
        else short_answer(rewrite.answer),
        not_leaked(rewrite.prompt, rewrite.answer),
        changed(original, rewrite),
    )
    return dict(zip(RULE_CHECKS, found, strict=True))


def short_answer(answer: str | None) -> Checked:
    """Whether an answer is given that answers can be compared with by rules."""
    if answer is None or not answer.strip():
        return Checked("failed", "no answer is given")
    key = canonical_key(answer)
    if key is None:
        return Checked("failed", "the answer says nothing")
    if len(answer) > MOST_ANSWER:
        message = f"the answer has {len(answer):,} characters; at most {MOST_ANSWER} are short"
        return Checked("failed", message)
    if _TELLS_NOTHING.match(answer.strip()):
        return Checked("failed", "the answer says nothing that could be compared")
    words = len(answer.split())
    if key.kind == "text" and words > MOST_WORDS:
        return Checked("failed", f"{words} free words: rules cannot compare them")
    if key.kind == "output":
        return Checked("unknown", "several lines: is it one answer?")
    return Checked("passed", f"reads as {key.kind}: {key.value}")


def changed(original: Wording, rewrite: Wording) -> Checked:
    """Whether the rewrite differs from the original beyond white space."""
    if original.prompt.split() != rewrite.prompt.split():
        return Checked("passed", "the prompt reads otherwise")
    if (original.answer or "").split() != (rewrite.answer or "").split():
        return Checked("passed", "only the answer is another")
    return Checked("failed", "prompt and answer are those of the original")

"""What the reasons to reject a trace are called, and what they mean."""

from typing import Final

from dashboard.rows import Trace

REASONS: Final = {
    "curator": "a curator said so",
    "wrong": "wrong answer",
    "no_answer": "no answer",
    "truncated": "cut off",
    "format": "form",
    "repeated": "repeats itself",
    "too_long": "too long",
    "language_switch": "another language",
    "leaked_guideline": "guideline leaked",
    "contaminated": "benchmark item",
    "off_guideline": "off the guideline",
}
MEANINGS: Final = {
    "wrong": "The answer differs from the one that it was held against.",
    "no_answer": "No final answer can be read after the thinking.",
    "truncated": "The response reached its token limit.",
    "format": "Thinking and answer cannot be told apart, or there is no thinking.",
    "repeated": "The same lines or sentences come over and over.",
    "too_long": "It has more tokens than the run's rules allow.",
    "language_switch": "Thinking or answer are in another language than the prompt.",
    "leaked_guideline": "It speaks of instructions that only the teacher saw.",
    "contaminated": "An item of a benchmark stands in it.",
    "off_guideline": "A judge says that it does not do what the guideline asks for.",
}
KEY_ORIGINS: Final = {
    "given": "the given answer",
    "plurality": "the reference's votes",
    "tests": "the seed's tests",
    "none": "nothing: it was made under a guideline",
}


def reason_words(reason: str | None) -> str:
    """A reason as a reader has it."""
    return "" if reason is None else REASONS.get(reason, reason)


UNJUDGED: Final = (
    "Not judged: no rule rejects it, and no judge has told whether it follows its guideline. It is "
    "not learned from until a curator keeps it."
)
_COUNTED: Final = {"server": "the server", "estimate": "an estimate by characters"}


def why_words(trace: Trace) -> str:
    """Why a trace is not kept, or that somebody kept it."""
    if trace["word"] is not None and trace["word"] == trace["state"]:
        return f"{trace['word']} by a curator"
    return "" if trace["state"] == "kept" else reason_words(trace["reason"])


def kept_words(trace: Trace) -> str:
    """Why a trace is kept."""
    if trace["word"] == "kept":
        return "Kept by a curator."
    if trace["guideline_id"] is not None:
        return "Kept: it passed every rule, and every judge says that it follows its guideline."
    return "Kept: it passed every rule, and its answer is right."


def counted_words(counted_by: str) -> str:
    """Who counted tokens."""
    return _COUNTED.get(counted_by, f"the tokenizer {counted_by}")

"""What the reasons to reject a trace are called, and what they mean."""

from typing import Final

REASONS: Final = {
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

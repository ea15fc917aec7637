"""Why a trace is rejected, and where that shows."""

from typing import Final, Literal, NamedTuple, get_args

Part = Literal["thinking", "answer"]
Reason = Literal[
    "no_answer",
    "truncated",
    "format",
    "repeated",
    "too_long",
    "language_switch",
    "leaked_guideline",
    "wrong",
    "contaminated",
    "off_guideline",
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class Passage(NamedTuple):
    """A half-open span of a trace's thinking or answer."""

    part: Part
    start: int
    end: int


class Evidence(NamedTuple):
    """What was found, in words, and the passages that show it, in reading order."""

    found: str
    passages: tuple[Passage, ...] = ()


class Rejection(NamedTuple):
    """Why a trace is not to be trained on."""

    reason: Reason
    evidence: Evidence

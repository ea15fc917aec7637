"""What a rule says of a rewrite: the words that all its checks share."""

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Outcome = Literal["passed", "failed", "unknown"]
OUTCOMES: Final = ("passed", "failed", "unknown")
Span = tuple[int, int]


class Wording(NamedTuple):
    """A prompt with the answer that is given for it."""

    prompt: str
    answer: str | None


class Checked(NamedTuple):
    """What a check says, why, and where in the rewritten prompt; unknown is never a pass."""

    outcome: Outcome
    evidence: str
    spans: tuple[Span, ...] = ()


MOST_SPANS: Final = 20


def spans_of(matches: Iterable[re.Match[str]]) -> tuple[Span, ...]:
    """Where matches stand, in reading order, the first ones only."""
    return tuple(sorted({match.span() for match in matches})[:MOST_SPANS])


def quoted(prompt: str, spans: Iterable[Span]) -> str:
    """The passages in quotation marks, each once, cut to what a sentence can hold."""
    shown = dict.fromkeys(" ".join(prompt[start:end].split())[:60] for start, end in spans)
    return ", ".join(f"“{passage}”" for passage in list(shown)[:5])

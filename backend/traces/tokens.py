"""How many of a response's tokens are thinking, and how many are answer."""

from typing import NamedTuple

from backend.science.text import without_thinking
from backend.science.thinking import Trace
from backend.scoring.samples import NewSample


class TokenCounts(NamedTuple):
    """Tokens of the two parts of a trace; together they are those of the response."""

    thinking: int
    answer: int


def token_counts(trace: Trace, sample: NewSample) -> TokenCounts:
    """The parts' tokens: as the server counts them where it does, else by their characters.

    Where the thinking is a section of the response, what the server counts as reasoning is another
    thing, which is not shown: it is left out.
    """
    hidden, total = sample.reasoning_tokens, sample.completion_tokens
    is_counted = sample.reasoning or without_thinking(sample.response) != sample.response
    if hidden is not None and is_counted:
        thinking = min(hidden, total)
        return TokenCounts(thinking, total - thinking)
    shown = max(total - (hidden or 0), 0)
    characters = len(trace.thinking) + len(trace.answer)
    thinking = round(shown * len(trace.thinking) / characters) if characters else 0
    return TokenCounts(thinking, shown - thinking)

"""How many of a response's tokens are thinking, and how many are answer."""

from typing import NamedTuple

from backend.science.thinking import Trace, without_thinking
from backend.scoring.samples import NewSample
from backend.traces.tokenizers import load_tokenizer


class TokenCounts(NamedTuple):
    """Tokens of the two parts of a trace.

    Attributes:
        thinking: of the first.
        answer: of the second.
        counted_by: the `server`; an `estimate`, which shares what the server counts out by
            characters; or the path of a tokenizer.
    """

    thinking: int
    answer: int
    counted_by: str


def token_counts(trace: Trace, sample: NewSample, tokenizer: str | None = None) -> TokenCounts:
    """The parts' tokens: by a tokenizer where one is named, else as the server counts them.

    Where the thinking is a section of the response, what the server counts as reasoning is another
    thing, which is not shown: it is left out.

    Raises:
        TokenizerUnreadable: the path leads to no tokenizer.
    """
    if tokenizer is not None:
        count = load_tokenizer(tokenizer)
        return TokenCounts(count(trace.thinking), count(trace.answer), tokenizer)
    hidden, total = sample.reasoning_tokens, sample.completion_tokens
    is_counted = sample.reasoning or without_thinking(sample.response) != sample.response
    if hidden is not None and is_counted:
        thinking = min(hidden, total)
        return TokenCounts(thinking, total - thinking, "server")
    shown = max(total - (hidden or 0), 0)
    characters = len(trace.thinking) + len(trace.answer)
    thinking = round(shown * len(trace.thinking) / characters) if characters else 0
    return TokenCounts(thinking, shown - thinking, "estimate" if 0 < thinking < shown else "server")

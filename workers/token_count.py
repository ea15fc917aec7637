"""Tokens without a tokenizer, and their division over the samples of one request.

Servers disagree about `usage` when one request brings several samples: llama.cpp counts the first
one only, vLLM and OpenAI count all. So each sample is estimated from its text, and the estimates
are scaled to whichever reading of `usage` they fit better; where they fit neither, they stand.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from backend.science.thinking import without_thinking

# Byte-pair vocabularies split text much like this: seven letters of a word with its leading space,
# two digits, a run of spaces, one other character (Chinese, Japanese, a bracket, an emoji).
_TOKENS = re.compile(r" [A-Za-z]{1,6}|[A-Za-z]{1,7}|[^\W\d_a-zA-Z]|\d{1,2}|\s+|[^\w\s]|_")
# What the chat template puts around a message.
MESSAGE_TOKENS = 8
# A true count this many times above or below the estimate is no count of that text.
FARTHEST_FIT = 3.0


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has: within some 30% for prose, code and mathematics."""
    return len(_TOKENS.findall(text))


def estimated_prompt_tokens(messages: Iterable[Mapping[str, str]]) -> int:
    """About how many tokens chat messages have, with the template's own."""
    return sum(estimated_tokens(message["content"]) + MESSAGE_TOKENS for message in messages)


def divided(total: int, parts: int) -> list[int]:
    """The total in equal whole parts; what is left over goes to the first ones."""
    share, left = divmod(total, parts)
    return [share + (index < left) for index in range(parts)]


def completion_tokens(
    texts: Sequence[str], reported: int | None, hidden_reasoning: int = 0
) -> list[int]:
    """The tokens of each sample of one request.

    Args:
        texts: what each sample shows, thinking included where the server shows it.
        reported: `usage.completion_tokens`, None where the server says nothing usable.
        hidden_reasoning: reasoning tokens within `reported` whose text is not shown; they are
            divided evenly.

    Returns:
        One count a sample. A single sample has what is reported. With several, the counts add up to
        what is reported where that fits all of them; where it fits the first alone, its ratio
        scales the others; else they are estimates.
    """
    if len(texts) == 1 and reported is not None:
        return [reported]
    estimates = [estimated_tokens(text) for text in texts]
    if reported is None:
        return estimates
    shown = max(reported - hidden_reasoning, 0)
    hidden = divided(min(hidden_reasoning, reported), len(texts))
    counts = _scaled(estimates, shown)
    return [count + extra for count, extra in zip(counts, hidden, strict=True)]


def thinking_in(text: str) -> str:
    """What a text holds of thinking: all up to its last `</think>`, all of it where none closes."""
    after = without_thinking(text)
    return text[: len(text) - len(after)]


def reasoning_tokens(
    thinking: Sequence[str], texts: Sequence[str], counts: Sequence[int], reported: int | None
) -> list[int | None]:
    """How many of each sample's tokens were thinking.

    Args:
        thinking: what each sample shows of its thinking, within its text or apart from it.
        texts: what each sample says, without what is shown apart.
        counts: the tokens of each sample, from `completion_tokens`.
        reported: reasoning tokens of all samples as the server counts them.

    Returns:
        One count a sample; None where nothing is said of thinking and none is seen. Several samples
        share what is reported by what they show, evenly where they show nothing; where nothing is
        reported, thinking is the part of a sample's tokens that it is of its estimate.
    """
    weights = [estimated_tokens(shown) for shown in thinking]
    if reported:
        parts = _with_sum(weights, reported)
        return [min(part, count) for part, count in zip(parts, counts, strict=True)]
    if not any(weights):
        return [reported] * len(counts)
    said = [estimated_tokens(without_thinking(text)) for text in texts]
    return [
        round(count * weight / max(weight + rest, 1))
        for count, weight, rest in zip(counts, weights, said, strict=True)
    ]


def _scaled(estimates: list[int], shown: int) -> list[int]:
    of_all, of_first = sum(estimates), estimates[0]
    misfit_all, misfit_first = _misfit(shown, of_all), _misfit(shown, of_first)
    if min(misfit_all, misfit_first) > math.log(FARTHEST_FIT):
        return estimates
    if misfit_all <= misfit_first:
        return _with_sum(estimates, shown)
    return [round(estimate * (shown + 1) / (of_first + 1)) for estimate in estimates]


def _misfit(count: int, estimate: int) -> float:
    # One more on either side, so that empty samples need no case of their own.
    return abs(math.log((count + 1) / (estimate + 1)))


def _with_sum(estimates: list[int], total: int) -> list[int]:
    """The estimates in proportion, as whole numbers with this sum (largest remainders)."""
    weight = sum(estimates)
    if weight == 0:
        return divided(total, len(estimates))
    exact = [estimate * total / weight for estimate in estimates]
    counts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: counts[index] - exact[index])
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    return counts

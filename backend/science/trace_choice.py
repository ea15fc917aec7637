"""Which of a seed's verified traces to train on."""

import hashlib
import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

ChoiceRule = Literal["shortest", "random", "judge", "all"]


class Candidate(NamedTuple):
    """A verified trace.

    Attributes:
        id: its number; equals are told apart by it.
        tokens: of thinking and answer.
        judge_score: what a judge gave it, the higher the better; None where none did.
    """

    id: int
    tokens: int
    judge_score: float | None = None


def choose(traces: Sequence[Candidate], rule: ChoiceRule, key: str) -> list[Candidate]:
    """The traces of one seed that a rule keeps; the order they come in does not matter.

    `shortest` keeps the one with the fewest tokens; `judge` the one with the highest score, and of
    equal scores the shortest; one without a score stands behind all that have one. `random` keeps
    the one whose hash with the key is least, so that the same traces and key give the same choice
    everywhere, and one trace more seldom changes it. Of equals the lowest number is kept. `all`
    keeps all, by number.

    Args:
        traces: none give none.
        rule: the name of the rule.
        key: what the random choice hangs on: the seed, and whatever is to give another draw.
    """
    if rule == "all":
        return sorted(traces, key=lambda trace: trace.id)
    if rule == "random":
        return sorted(traces, key=lambda trace: (_hash(key, trace), trace.id))[:1]
    if rule == "judge":
        return sorted(traces, key=lambda trace: (-_score(trace), trace.tokens, trace.id))[:1]
    return sorted(traces, key=lambda trace: (trace.tokens, trace.id))[:1]


def _hash(key: str, trace: Candidate) -> bytes:
    return hashlib.sha256(f"{key}\n{trace.id}".encode(errors="surrogatepass")).digest()


def _score(trace: Candidate) -> float:
    score = trace.judge_score
    return -math.inf if score is None or math.isnan(score) else score

"""Published rules for when a vote has gone on long enough.

They ask whether the most frequent answer is settled. That is not whether a verdict is: a model that
is right half the time settles late or never, and one that gives the same wrong answer twice in
three settles soon. They are kept as baselines, and for those who want them.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence

from scipy import special


def adaptive_consistency_confidence(first: int, second: int) -> float:
    """P(the first of two answers is the more probable), given their counts: 1 - I½(a + 1, b + 1).

    Aggarwal et al., Let's Sample Step by Step (arXiv 2305.11860), the Beta variant. It is no
    guarantee for an item: it is looked at again after every answer.
    """
    return float(1 - special.betainc(first + 1, second + 1, 0.5))


def adaptive_consistency_stops(
    answers: Sequence[Hashable | None], confidence: float = 0.95
) -> bool:
    """Whether the most frequent answer leads the next by so much confidence."""
    first, second = _top_two(answers)
    return first > 0 and adaptive_consistency_confidence(first, second) >= confidence


def early_stopping_consistency_stops(answers: Sequence[Hashable | None], window: int = 5) -> bool:
    """Whether the last of the successive windows is full and unanimous.

    Li et al., Escape Sky-high Cost (arXiv 2401.10480).
    """
    if not answers or len(answers) % window:
        return False
    last = set(answers[-window:])
    return len(last) == 1 and None not in last


def prior_posterior_ratio_stops(
    answers: Sequence[Hashable | None], error: float = 0.05, classes: int | None = None
) -> bool:
    """Whether the most frequent answer is the mode with error at most `error`, at any time.

    PPR-1v1 of Jain et al. (AISTATS 2022): against each rival, the ratio of prior to posterior at
    1/2, 2^(a+b) B(a + 1, b + 1), must reach (K - 1) / error; the runner-up decides.

    Args:
        answers: keys, None where there is no answer.
        error: probability that the mode is another.
        classes: K, how many answers there are; None takes one more than were seen, with which the
            guarantee is only approximate.
    """
    first, second = _top_two(answers)
    kinds = classes or len({answer for answer in answers if answer is not None}) + 1
    log_ratio = (first + second) * math.log(2) + special.betaln(first + 1, second + 1)
    return bool(first > second and log_ratio >= math.log(max(kinds - 1, 1) / error))


def _top_two(answers: Sequence[Hashable | None]) -> tuple[int, int]:
    counts = Counter(answer for answer in answers if answer is not None).most_common(2)
    first, second = ([count for _, count in counts] + [0, 0])[:2]
    return first, second

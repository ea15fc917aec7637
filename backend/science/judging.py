"""What the verdicts of several judges on one prompt say together."""

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, median_low
from typing import Final

from backend.science.rubric import Verdict
from backend.science.rubric_versions import MOST_LEVEL

_LEVELS: Final = ("difficulty", "multi_step", "well_posed", "verifiable")
# The two lowest levels of both: no answer follows, or none that can be checked.
DOUBTFUL_LEVEL: Final = 2
_DOUBTS: Final = {
    "well_posed": "judges doubt that exactly one answer follows",
    "verifiable": "judges doubt that an answer can be checked",
}


def disagreement(verdicts: Sequence[Verdict]) -> float:
    """How far judges lie apart, in [0, 1]; 0 where fewer than two have spoken.

    Over all pairs of judges and what both rated, the mean of |a - b| / max(a, b) for counts of
    steps and of |a - b| / 4 for levels. A mean over pairs, unlike a range, does not grow with the
    number of judges.
    """
    pairs = combinations(verdicts, 2)
    apart = [distance for pair in pairs for distance in _distances(*pair)]
    return fmean(apart) if apart else 0.0


def difficulty_gap(verdicts: Sequence[Verdict], agreement: float | None) -> float | None:
    """How far the judges' difficulty is from that which the weak model has shown, in [0, 1].

    Both on one scale: the judges' mean level by (level - 1) / 4, the model's by 1 - agreement, the
    share of its answers that are not the reference answer. None where either is unknown.
    """
    if not verdicts or agreement is None:
        return None
    rated = (fmean(verdict.difficulty for verdict in verdicts) - 1) / (MOST_LEVEL - 1)
    return abs(rated - (1 - agreement))


def _distances(first: Verdict, second: Verdict) -> list[float]:
    levels = [(getattr(first, name), getattr(second, name)) for name in _LEVELS]
    return [
        abs(first.steps - second.steps) / max(first.steps, second.steps),
        *(abs(a - b) / (MOST_LEVEL - 1) for a, b in levels if a is not None and b is not None),
    ]


def doubts(verdicts: Sequence[Verdict]) -> list[str]:
    """What the median judge doubts of the prompt itself, in words."""
    rated = {
        name: [level for verdict in verdicts if (level := getattr(verdict, name)) is not None]
        for name in _DOUBTS
    }
    return [
        words
        for name, words in _DOUBTS.items()
        if rated[name] and median_low(rated[name]) <= DOUBTFUL_LEVEL
    ]

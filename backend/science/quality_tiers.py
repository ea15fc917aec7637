"""How good a seed is to learn from, as one number, and the tier that it puts the seed into.

No formula is published: the Phi-4-reasoning report clusters by domain and quality and says no more.
The quality is a weighted mean of four parts from 0 to 1, and its constants are our choice:

    quality = 0.40 verdict + 0.20 judges + 0.25 traces + 0.15 source

The verdict weighs most, because it is about what the model to be taught can learn. What nothing is
known of counts as `UNKNOWN`. A suspect key puts a seed into the lowest tier, whatever else speaks
for it: a wrong answer cannot be made good by a fine wording.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, get_args

Tier = Literal["high", "medium", "low"]
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)

WEIGHTS: Final[Mapping[str, float]] = {
    "verdict": 0.40, "judges": 0.20, "traces": 0.25, "source": 0.15,
}  # fmt: skip
VERDICTS: Final[Mapping[str, float]] = {
    "teachable": 1.0, "hard": 0.5, "unsettled": 0.5, "easy": 0.25, "suspect": 0.0,
}  # fmt: skip
UNKNOWN: Final = 0.5
HIGH_FROM: Final = 0.70
MEDIUM_FROM: Final = 0.45
LEAST_LEVEL, MOST_LEVEL = 1, 5
TAG: Final = "tier:"
"""A tag that begins so puts a seed into a tier by hand."""


class Shown(NamedTuple):
    """So many of so many; no more of them than there are."""

    good: int
    of: int


class QualityEvidence(NamedTuple):
    """What is known of a seed's quality.

    Attributes:
        verdict: of its teachability; None where it is not scored.
        level: the judges' mean level (1 to 5) of well posed and verifiable; None without a judge.
        traces: kept ones of those that were verified.
        source: accepted seeds of those decided, of its whole source.
    """

    verdict: str | None
    level: float | None
    traces: Shown
    source: Shown


def quality_parts(evidence: QualityEvidence) -> dict[str, float]:
    """The four parts of the quality, each from 0 to 1.

    Shares are those of Laplace's rule of succession, (good + 1) / (of + 2): none of none is a half,
    and few say little.
    """
    level = evidence.level
    return {
        "verdict": UNKNOWN if evidence.verdict is None else VERDICTS[evidence.verdict],
        "judges": UNKNOWN if level is None else (level - LEAST_LEVEL) / (MOST_LEVEL - LEAST_LEVEL),
        "traces": _share(evidence.traces),
        "source": _share(evidence.source),
    }


def quality(evidence: QualityEvidence) -> float:
    """The weighted mean of the parts, from 0 to 1."""
    parts = quality_parts(evidence)
    return sum(weight * parts[name] for name, weight in WEIGHTS.items())


def tier(evidence: QualityEvidence, tags: Iterable[str] = ()) -> Tier:
    """The tier of a seed: the one that a tag names, else that of its quality."""
    if (named := tier_by_hand(tags)) is not None:
        return named
    if evidence.verdict == "suspect":
        return "low"
    found = quality(evidence)
    if found >= HIGH_FROM:
        return "high"
    return "medium" if found >= MEDIUM_FROM else "low"


def tier_by_hand(tags: Iterable[str]) -> Tier | None:
    """The lowest tier that a tag names: who doubts a seed has the last word."""
    named = {tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)}
    return next((one for one in reversed(TIERS) if one in named), None)


def _share(shown: Shown) -> float:
    return (shown.good + 1) / (shown.of + 2)

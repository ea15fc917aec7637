"""How far raters agree over many items: by pair, and all of them together.

A rater's ratings are a mapping of items to whole numbers; raters need not have rated the same.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median_low
from typing import NamedTuple

from backend.science.agreement import (
    krippendorff_alpha,
    percent_agreement,
    quadratic_weighted_kappa,
    spearman,
)

Ratings = Mapping[int, int]


class PairAgreement(NamedTuple):
    """Two raters on the items that both rated; None where it is undefined.

    Attributes:
        items: how many they are.
        percent: share of them rated alike, in [0, 1].
        kappa: quadratic-weighted; it counts a shift of one rater against the other, which for
            counts makes it Lin's concordance (L. I-K. Lin, Biometrics 45, 1989).
        spearman: rank correlation: whether they put items in the same order, shifted or not.
        mean_difference: mean of first minus second, in levels or steps.
    """

    items: int
    percent: float | None
    kappa: float | None
    spearman: float | None
    mean_difference: float | None


class GroupAgreement(NamedTuple):
    """Krippendorff's ordinal alpha over a group, and how many items two of it or more rated."""

    items: int
    alpha: float | None


def pair_agreement(first: Ratings, second: Ratings) -> PairAgreement:
    """Compare two raters."""
    pairs = _common(first, second)
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    return PairAgreement(
        len(pairs),
        percent_agreement(left, right),
        quadratic_weighted_kappa(left, right),
        spearman(left, right),
        fmean(a - b for a, b in pairs) if pairs else None,
    )


def group_agreement(raters: Sequence[Ratings]) -> GroupAgreement:
    """Compare all raters at once."""
    units = [unit for unit in _units(raters).values() if len(unit) >= 2]
    return GroupAgreement(len(units), krippendorff_alpha(units, "ordinal"))


def consensus(raters: Sequence[Ratings]) -> dict[int, int]:
    """Each item's median rating; of two in the middle the lower, so that it is a level."""
    return {item: median_low(unit) for item, unit in _units(raters).items()}


def confusion(first: Ratings, second: Ratings) -> Counter[tuple[int, int]]:
    """How often each pair of ratings was given to one item."""
    return Counter(_common(first, second))


def _common(first: Ratings, second: Ratings) -> list[tuple[int, int]]:
    return [(rating, second[item]) for item, rating in first.items() if item in second]


def _units(raters: Sequence[Ratings]) -> dict[int, list[int]]:
    units: dict[int, list[int]] = defaultdict(list)
    for ratings in raters:
        for item, rating in ratings.items():
            units[item].append(rating)
    return units

"""Agreement between raters: per cent, Cohen's kappa, Krippendorff's alpha, rank correlation.

A statistic that the data leave undefined, for want of ratings or of variation, is None: unscored,
never 0 or 1. Report chance-corrected values with the per cent beside them, for they collapse where
one category prevails.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]


def percent_agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Share of items that two raters rate alike, in [0, 1]."""
    _check_lengths(first, second)
    if not first:
        return None
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa (p_o - p_e) / (1 - p_e), for categories without order.

    Source: J. Cohen, Educational and Psychological Measurement 20, 1960.
    """
    observed = percent_agreement(first, second)
    if observed is None:
        return None
    left, right = Counter(first), Counter(second)
    expected = sum(left[category] * right[category] for category in left) / len(first) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def quadratic_weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Cohen's kappa for whole-number levels: a disagreement weighs the square of its size.

    1 - mean (a - b)² over rated pairs / the same over all pairs of one rating from each rater
    (J. Cohen, Psychological Bulletin 70, 1968).
    """
    _check_lengths(first, second)
    if not first:
        return None
    left, right = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    observed = float(np.mean((left - right) ** 2))
    expected = float(left.var() + right.var() + (left.mean() - right.mean()) ** 2)
    return None if expected == 0 else 1 - observed / expected


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None where one rater never varies.

    The correlation of the ranks (C. Spearman, American Journal of Psychology 15, 1904).
    """
    _check_lengths(first, second)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    # Slow to load, and few processes ever rank anything.
    from scipy import stats

    return float(np.corrcoef(stats.rankdata(first), stats.rankdata(second))[0, 1])


def krippendorff_alpha(
    units: Sequence[Sequence[float | None]], level: Literal["nominal", "ordinal"]
) -> float | None:
    """Krippendorff's alpha, 1 - D_o / D_e, for any number of raters and missing ratings.

    Args:
        units: for each rated item the ratings it got, None where a rater gave none. Items with
            fewer than two ratings say nothing about agreement and are left out.
        level: `nominal` for categories without order, `ordinal` for levels, whose distance is the
            number of ratings between them.

    Returns:
        1 for perfect agreement, about 0 for chance, below 0 for worse; None where fewer than two
        different values occur. From .8 on usually called reliable, from .667 tentative.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.
    """
    ratings = [[value for value in unit if value is not None] for unit in units]
    pairable = [unit for unit in ratings if len(unit) >= 2]
    values = sorted({value for unit in pairable for value in unit})
    if len(values) < 2:
        return None
    coincidences = _coincidences(pairable, values)
    totals = coincidences.sum(axis=1)
    distances = _ordinal_distances(totals) if level == "ordinal" else 1 - np.eye(len(values))
    observed = (coincidences * distances).sum()
    expected = (np.outer(totals, totals) * distances).sum() / (totals.sum() - 1)
    return float(1 - observed / expected)


def _coincidences(units: Sequence[Sequence[float]], values: Sequence[float]) -> _Array:
    """How often two values meet in a unit, each unit weighing as many pairs as it has ratings."""
    position = {value: index for index, value in enumerate(values)}
    matrix = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([position[value] for value in unit], minlength=len(values))
        matrix += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return matrix


def _ordinal_distances(totals: _Array) -> _Array:
    """Squared number of ratings from the middle of one value to the middle of another."""
    middles = np.cumsum(totals) - totals / 2
    distances: _Array = (middles[:, None] - middles[None, :]) ** 2
    return distances


def _check_lengths(first: Sequence[Hashable], second: Sequence[Hashable]) -> None:
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings against {len(second)}")

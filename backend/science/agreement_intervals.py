"""How sure an agreement is: intervals for Cohen's kappa and Krippendorff's alpha, nominal both.

An interval that the data leave undefined is None: where raters agree on everything, both methods
would give one of no width, which says more than the data do.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.agreement import cohen_kappa

RESAMPLES: Final = 1000
_SEED: Final = 20110125  # any number: the same data give the same interval

_Array = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """The two ends of a confidence interval."""

    low: float
    high: float


def kappa_interval(
    first: Sequence[Hashable], second: Sequence[Hashable], confidence: float = 0.95
) -> Interval | None:
    """Large-sample interval of Cohen's kappa, kappa ± z·SE, kept within [-1, 1].

    With p_ij the share of items that the first rater calls i and the second j, p_i. and p_.j their
    sums, p_e = Σ p_i. p_.i and k the kappa:

        n (1 - p_e)² SE² = Σ_i p_ii (1 - (p_i. + p_.i)(1 - k))²
                           + (1 - k)² Σ_{i≠j} p_ij (p_.i + p_j.)²  - (k - p_e (1 - k))²

    Source: J. L. Fleiss, J. Cohen and B. S. Everitt, Psychological Bulletin 72, 1969. It is an
    approximation: with fewer than some 20 items it is too narrow.

    Returns:
        None where kappa is undefined, or all items are rated alike.
    """
    kappa = cohen_kappa(first, second)
    if kappa is None:
        return None
    shares = _joint_shares(first, second)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ columns)
    alike = np.diag(shares) @ (1 - (rows + columns) * (1 - kappa)) ** 2
    apart = (shares - np.diag(np.diag(shares))) * (columns[:, None] + rows[None, :]) ** 2
    spread = alike + (1 - kappa) ** 2 * apart.sum() - (kappa - expected * (1 - kappa)) ** 2
    if kappa == 1 or spread <= 0:
        return None
    z = float(special.ndtri((1 + confidence) / 2))
    half_width = z * math.sqrt(spread / len(first)) / (1 - expected)
    return Interval(max(-1.0, kappa - half_width), min(1.0, kappa + half_width))


def alpha_interval(
    units: Sequence[Sequence[Hashable]], confidence: float = 0.95
) -> Interval | None:
    """Percentile bootstrap interval of Krippendorff's nominal alpha, over the units.

    Units are drawn with replacement, a thousand times, by a fixed seed; draws without variation,
    whose alpha is undefined, are left out. That it covers what it promises was shown by A. Zapf,
    S. Castell, L. Morawietz and A. Karch, BMC Medical Research Methodology 16:93, 2016.

    Args:
        units: for each item its ratings; those with fewer than two are left out.
        confidence: how often it should cover the true alpha.

    Returns:
        None where alpha is undefined in most draws, or the same in all.
    """
    # Units with the same ratings are drawn together: a draw says how often each pattern comes.
    patterns = Counter(tuple(sorted(map(repr, unit))) for unit in units if len(unit) >= 2)
    values = sorted({value for pattern in patterns for value in pattern})
    if len(values) < 2:
        return None
    matrices = np.array([_coincidences(pattern, values) for pattern in patterns])
    counts = np.array(list(patterns.values()))
    draws = np.random.default_rng(_SEED).multinomial(
        counts.sum(), counts / counts.sum(), size=RESAMPLES
    )
    alphas = _alphas(np.tensordot(draws, matrices, axes=1))
    if 2 * len(alphas) < RESAMPLES:
        return None
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = (float(end) for end in np.quantile(alphas, tails))
    return None if low == high else Interval(low, high)


def _joint_shares(first: Sequence[Hashable], second: Sequence[Hashable]) -> _Array:
    places = {value: place for place, value in enumerate(dict.fromkeys([*first, *second]))}
    counts = np.zeros((len(places), len(places)))
    for one, other in zip(first, second, strict=True):
        counts[places[one], places[other]] += 1
    return counts / len(first)


def _coincidences(pattern: Sequence[str], values: Sequence[str]) -> _Array:
    """How often two values meet in a unit, which weighs as much as it has ratings."""
    counts = np.array([pattern.count(value) for value in values], dtype=float)
    matrix: _Array = (np.outer(counts, counts) - np.diag(counts)) / (len(pattern) - 1)
    return matrix


def _alphas(coincidences: _Array) -> _Array:
    """Alpha of each draw that has one: 1 - D_o / D_e."""
    totals = coincidences.sum(axis=2)
    ratings = totals.sum(axis=1)
    observed = ratings - np.trace(coincidences, axis1=1, axis2=2)
    expected = (ratings**2 - (totals**2).sum(axis=1)) / (ratings - 1)
    defined = expected > 0
    alphas: _Array = 1 - observed[defined] / expected[defined]
    return alphas

"""Intervals for a share, and how good probabilities are against outcomes."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import special


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share (E. B. Wilson, JASA 22, 1927).

    Centre (p + z²/2n) / (1 + z²/n), half-width z sqrt(p (1 - p) / n + z²/4n²) / (1 + z²/n).
    Without trials nothing is known: (0, 1).
    """
    _check_counts(successes, trials)
    if trials == 0:
        return 0.0, 1.0
    z = float(special.ndtri((1 + confidence) / 2))
    share, per_trial = successes / trials, z * z / trials
    centre = (share + per_trial / 2) / (1 + per_trial)
    spread = math.sqrt(share * (1 - share) / trials + per_trial / (4 * trials))
    half_width = z * spread / (1 + per_trial)
    low = 0.0 if successes == 0 else centre - half_width
    high = 1.0 if successes == trials else centre + half_width
    return low, high


@lru_cache(maxsize=2**12)
def jeffreys_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Central interval of Beta(s + 1/2, n - s + 1/2), with the ends 0 and 1 where s is 0 or n.

    The convention for the ends is that of Brown, Cai and DasGupta (Statistical Science 16, 2001).
    """
    _check_counts(successes, trials)
    if trials == 0:
        return 0.0, 1.0
    alpha, beta = successes + 0.5, trials - successes + 0.5
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = special.betaincinv(alpha, beta, tails).tolist()
    return 0.0 if successes == 0 else low, 1.0 if successes == trials else high


def brier(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Mean squared distance of probabilities from outcomes; None without data."""
    _check_lengths(probabilities, outcomes)
    if not outcomes:
        return None
    return float(np.mean((np.asarray(probabilities) - np.asarray(outcomes, dtype=float)) ** 2))


def log_loss(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Mean of -log P(what happened), in nats; None without data.

    Infinite where something happened that was said to be impossible.
    """
    _check_lengths(probabilities, outcomes)
    if not outcomes:
        return None
    stated = np.asarray(probabilities, dtype=float)
    with np.errstate(divide="ignore"):
        return float(-np.log(np.where(np.asarray(outcomes, dtype=bool), stated, 1 - stated)).mean())


def auc(scores: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Probability that a true outcome has the higher score, ties counting half (Mann-Whitney).

    None where all outcomes are the same.
    """
    _check_lengths(scores, outcomes)
    positive = np.asarray(outcomes, dtype=bool)
    trues = int(positive.sum())
    falses = len(positive) - trues
    if not trues or not falses:
        return None
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    # Equal scores share the mean of their ranks; scipy.stats knows that, but imports for seconds.
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[positive].sum() - trues * (trues + 1) / 2) / (trues * falses))


def expected_calibration_error(
    probabilities: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> float | None:
    """Mean distance between stated probability and observed share, over bins of equal width.

    Bins are weighted by how many fall into them (Naeini et al., AAAI 2015); None without data.
    """
    _check_lengths(probabilities, outcomes)
    if not outcomes:
        return None
    stated = np.asarray(probabilities, dtype=float)
    gaps = stated - np.asarray(outcomes, dtype=float)
    position = np.minimum((stated * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(position, weights=gaps, minlength=bins)).sum() / len(gaps))


class DiagramBin(NamedTuple):
    """One point of a reliability diagram.

    Attributes:
        stated: mean probability stated in the bin.
        observed: share of true outcomes in it.
        low: lower end of the share's 95% Wilson interval.
        high: upper end.
        size: outcomes in the bin.
    """

    stated: float
    observed: float
    low: float
    high: float
    size: int


def reliability_diagram(
    probabilities: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> list[DiagramBin]:
    """Stated probabilities against observed shares, in the bins of the calibration error.

    Empty bins are left out. Calibrated probabilities lie on the diagonal.
    """
    _check_lengths(probabilities, outcomes)
    stated, happened = np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=bool)
    position = np.minimum((stated * bins).astype(int), bins - 1)
    points = []
    for place in np.unique(position):
        inside = position == place
        count, trues = int(inside.sum()), int(happened[inside].sum())
        low, high = wilson_interval(trues, count)
        points.append(DiagramBin(float(stated[inside].mean()), trues / count, low, high, count))
    return points


def _check_counts(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"successes: {successes} is not in 0..{trials}")


def _check_lengths(first: Sequence[float], second: Sequence[bool]) -> None:
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values for {len(second)} outcomes")

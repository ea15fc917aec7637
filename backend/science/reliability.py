"""How far the plurality answer of a reference model can be trusted as a key.

Votes certify the most frequent answer, not the truth: published error rates of unverified
majorities run from 26% to 73% with difficulty (MATH-500 and AIME-24 with small models, arXiv
2603.02203), so a share of votes is never used as a probability. Instead P(key right) is a logistic
regression on the votes, with a Gaussian prior on its coefficients. The prior means are our own
choice and are what counts without gold answers: eight votes of eight give .93, four of eight .66,
two of eight .48, and answers that are missing count against the rest. Seeds whose answer is known
move them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.plurality import Plurality
from backend.science.teachability_policy import BetaPrior

_Array = npt.NDArray[np.float64]

# Intercept, log-odds of the winner's share, share of missing answers.
PRIOR_MEANS = (0.65, 0.88, -2.0)
PRIOR_DEVIATIONS = (1.5, 0.5, 1.0)
_NEWTON_STEPS = 100


class ReliabilityFeatures(NamedTuple):
    """What the votes say.

    Attributes:
        share_log_odds: log-odds of (winner + 1) / (answered + 2), the winner's share of the answers
            with Laplace's smoothing, so that few votes say less than many.
        unanswered_share: responses without an answer over all responses.
    """

    share_log_odds: float
    unanswered_share: float


class ReliabilityModel(NamedTuple):
    """Coefficients of the regression, and how many gold seeds they rest on."""

    coefficients: tuple[float, float, float]
    gold_seeds: int

    def reliability(self, features: ReliabilityFeatures) -> float:
        """P(key right), in (0, 1)."""
        return float(special.expit(np.dot(self.coefficients, (1.0, *features))))


DEFAULT_MODEL = ReliabilityModel(PRIOR_MEANS, gold_seeds=0)


def features_of(votes: Plurality) -> ReliabilityFeatures | None:
    """The features of a plurality, None where it has no winner."""
    if votes.winner is None:
        return None
    first = votes.classes[0].count
    answered = votes.total - votes.unanswered
    return ReliabilityFeatures(
        share_log_odds=math.log((first + 1) / (answered - first + 1)),
        unanswered_share=votes.unanswered / votes.total,
    )


def fit_reliability(examples: Sequence[tuple[ReliabilityFeatures, bool]]) -> ReliabilityModel:
    """Fit the regression on seeds whose answer is known (maximum a posteriori, damped Newton).

    Args:
        examples: features of the reference's votes, and whether the winner was right.

    Returns:
        The model; without examples the default one.
    """
    if not examples:
        return DEFAULT_MODEL
    design = np.array([(1.0, *features) for features, _ in examples])
    correct = np.array([right for _, right in examples], dtype=float)
    coefficients = _maximum_a_posteriori(design, correct)
    first, second, third = coefficients.tolist()
    return ReliabilityModel((first, second, third), gold_seeds=len(examples))


def fit_wrong_key_prior(counts: Sequence[tuple[int, int]]) -> BetaPrior:
    """How often a weak model repeats a wrong key, estimated from seeds whose key was wrong.

    Maximum a posteriori of Beta(alpha, beta) on a grid over its mean and its concentration, with
    s ~ BetaBin(m; alpha, beta) and a prior around Beta(.5, 6): normal with deviation 1 on the
    log-odds of the mean, and on the log of the concentration. A model of the reference's own family
    makes its mistakes too; its prior then comes out with a high mean, and its agreement no longer
    speaks for the key.

    Args:
        counts: for each gold seed whose plurality was wrong, (s, m): how many of the weak model's m
            responses gave that same wrong answer.

    Returns:
        (alpha, beta); (.5, 6) without counts.
    """
    steps = np.linspace(-4, 4, 65)
    mean = special.expit(special.logit(0.5 / 6.5) + steps)[:, None]
    concentration = (6.5 * np.exp(steps))[None, :]
    alpha, beta = mean * concentration, (1 - mean) * concentration
    log_density = -(steps[:, None] ** 2 + steps[None, :] ** 2) / 2
    for successes, trials in counts:
        joint = special.betaln(alpha + successes, beta + trials - successes)
        log_density = log_density + joint - special.betaln(alpha, beta)
    best = np.unravel_index(np.argmax(log_density), log_density.shape)
    return float(alpha[best]), float(beta[best])


def _maximum_a_posteriori(design: _Array, correct: _Array) -> _Array:
    """The coefficients with the highest posterior density, which is strictly concave."""
    means = np.array(PRIOR_MEANS)
    precision = np.diag(np.array(PRIOR_DEVIATIONS) ** -2.0)

    def log_density(coefficients: _Array) -> float:
        scores, offset = design @ coefficients, coefficients - means
        fit = correct @ scores - np.logaddexp(0, scores).sum()
        return float(fit - offset @ precision @ offset / 2)

    coefficients = means.copy()
    for _ in range(_NEWTON_STEPS):
        expected = special.expit(design @ coefficients)
        gradient = design.T @ (correct - expected) - precision @ (coefficients - means)
        curvature = (design.T * (expected * (1 - expected))) @ design + precision
        step = np.linalg.solve(curvature, gradient)
        while log_density(coefficients + step) < log_density(coefficients) - 1e-9:
            step = step / 2
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-10:
            break
    return coefficients

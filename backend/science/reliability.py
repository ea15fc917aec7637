"""How far the plurality answer of a reference model can be trusted as a key.

Votes certify the most frequent answer, not the truth: published error rates of unverified
majorities run from 26% to 73% with difficulty (MATH-500 and AIME-24 with small models, arXiv
2603.02203), so a share of votes is never used as a probability. Instead P(key right) is a logistic
regression on the votes, with a Gaussian prior on its coefficients. The prior means are our own
choice and are what counts without gold answers: eight votes of eight give .93, four of eight .66,
two of eight .48, and answers that are missing count against the rest. Seeds whose answer is known
move them; each domain has an intercept of its own, drawn towards that of all.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.plurality import Plurality
from backend.science.priors import fit_beta_prior
from backend.science.teachability_policy import BetaPrior

_Array = npt.NDArray[np.float64]

# Intercept, then the features in their order. The last three are drawn towards little weight:
# scatter and the number of classes say much the same as the share.
PRIOR_MEANS = (0.65, 0.88, -2.0, 0.0, 0.0, 0.3)
PRIOR_DEVIATIONS = (1.5, 0.5, 1.0, 0.3, 0.3, 0.3)
DOMAIN_DEVIATION = 0.5
WRONG_KEY_CENTRE: BetaPrior = (0.5, 6.0)
_NEWTON_STEPS = 100
_WEIGHTS = np.linspace(0, 1, 101)
_NO_OFFSETS: Mapping[str, float] = {}


class ReliabilityFeatures(NamedTuple):
    """What the votes say.

    Attributes:
        share_log_odds: log-odds of (winner + 1) / (answered + 2), the winner's share of the answers
            with Laplace's smoothing, so that few votes say less than many.
        unanswered_share: responses without an answer over all responses.
        scatter: log of (other answers + 1) / (runner-up + 1): 0 where one rival has all of them,
            and the margin is smallest for the share.
        log_classes: log of the number of answer classes.
        second_family: log-odds of (agreeing + 1/2) / (answers + 1), the share of another model
            family's answers that agree with the winner; 0 without any. Its answers must not be
            given as evidence of a weak model too.
    """

    share_log_odds: float
    unanswered_share: float
    scatter: float = 0.0
    log_classes: float = 0.0
    second_family: float = 0.0


class ReliabilityModel(NamedTuple):
    """The fitted regression.

    Attributes:
        coefficients: intercept, then one for each feature.
        gold_seeds: how many seeds with a known answer it rests on.
        domain_offsets: what a domain adds to the intercept.
    """

    coefficients: tuple[float, ...]
    gold_seeds: int
    domain_offsets: Mapping[str, float] = _NO_OFFSETS

    def reliability(self, features: ReliabilityFeatures, domain: str | None = None) -> float:
        """P(key right), in (0, 1); an unknown domain has the intercept of all."""
        offset = self.domain_offsets.get(domain, 0.0) if domain is not None else 0.0
        return float(special.expit(np.dot(self.coefficients, (1.0, *features)) + offset))


DEFAULT_MODEL = ReliabilityModel(PRIOR_MEANS, gold_seeds=0)


class GoldExample(NamedTuple):
    """A seed with a known answer: what the votes said, and whether they were right."""

    features: ReliabilityFeatures
    right: bool
    domain: str | None = None


class WeighedKey(NamedTuple):
    """A gold seed's key: log-odds before weak answers, their log Bayes factor, whether right."""

    log_odds: float
    log_factor: float
    right: bool


def features_of(
    votes: Plurality, second_family: tuple[int, int] = (0, 0)
) -> ReliabilityFeatures | None:
    """The features of a plurality, None where it has no winner.

    Args:
        votes: the reference's.
        second_family: of another family's answers, how many agree with the winner, and all.
    """
    if votes.winner is None:
        return None
    first, second = ([found.count for found in votes.classes] + [0])[:2]
    return features_of_counts(
        first, second, votes.total - votes.unanswered, votes.unanswered, len(votes.classes),
        second_family,
    )  # fmt: skip


def features_of_counts(
    first: int,
    second: int,
    answered: int,
    unanswered: int,
    classes: int,
    second_family: tuple[int, int] = (0, 0),
) -> ReliabilityFeatures:
    """The same from the sizes of the two largest classes, where they are known without votes."""
    others = answered - first
    agreeing, asked = second_family
    return ReliabilityFeatures(
        share_log_odds=math.log((first + 1) / (others + 1)),
        unanswered_share=unanswered / (answered + unanswered),
        scatter=math.log((others + 1) / (second + 1)),
        log_classes=math.log(classes),
        second_family=math.log((agreeing + 0.5) / (asked - agreeing + 0.5)),
    )


def fit_reliability(
    examples: Sequence[GoldExample | tuple[ReliabilityFeatures, bool]],
) -> ReliabilityModel:
    """Fit the regression on seeds whose answer is known (maximum a posteriori, damped Newton).

    Args:
        examples: features of the reference's votes, and whether the winner was right; with the
            domain where its own intercept is wanted.

    Returns:
        The model; without examples the default one.
    """
    if not examples:
        return DEFAULT_MODEL
    gold = [GoldExample(*example) for example in examples]
    domains = sorted({example.domain for example in gold if example.domain is not None})
    design = np.array(
        [
            (1.0, *example.features, *(float(example.domain == domain) for domain in domains))
            for example in gold
        ]
    )
    correct = np.array([example.right for example in gold], dtype=float)
    means = np.array([*PRIOR_MEANS, *(0.0 for _ in domains)])
    deviations = np.array([*PRIOR_DEVIATIONS, *(DOMAIN_DEVIATION for _ in domains)])
    fitted = _maximum_a_posteriori(design, correct, means, deviations).tolist()
    shared = len(PRIOR_MEANS)
    return ReliabilityModel(
        tuple(fitted[:shared]),
        gold_seeds=len(gold),
        domain_offsets=dict(zip(domains, fitted[shared:], strict=True)),
    )


def cross_validated(examples: Sequence[GoldExample], folds: int = 5) -> list[float]:
    """P(key right) of each seed by a model that has not seen it, for an honest calibration.

    Seed i is in fold i mod `folds`: put the seeds in an order that has nothing to do with them.

    Raises:
        ValueError: fewer than two folds.
    """
    if folds < 2:
        raise ValueError(f"folds: {folds} is fewer than 2")
    models = [
        fit_reliability([e for index, e in enumerate(examples) if index % folds != fold])
        for fold in range(folds)
    ]
    return [
        models[index % folds].reliability(example.features, example.domain)
        for index, example in enumerate(examples)
    ]


def fit_wrong_key_prior(
    counts: Sequence[tuple[int, int]], centre: BetaPrior = WRONG_KEY_CENTRE
) -> BetaPrior:
    """How often a weak model repeats a wrong key, estimated from seeds whose key was wrong.

    A model of the reference's own family makes its mistakes too; its prior then comes out with a
    high mean, and its agreement no longer speaks for the key. Wrong keys are few, so give the prior
    of all weak models together as the centre where there is one: a handful of seeds must not turn
    the evidence round.

    Args:
        counts: for each gold seed whose plurality was wrong, (s, m): how many of the weak model's m
            responses gave that same wrong answer.
        centre: what holds without counts.

    Returns:
        (alpha, beta).
    """
    return fit_beta_prior(counts, centre)


def fit_agreement_weight(keys: Sequence[WeighedKey]) -> float:
    """How far the agreement of weak models speaks to the key: the power of its Bayes factor.

    Maximum a posteriori in [0, 1] under a normal prior around 1, deviation 1/2, with P(key right) =
    logistic(log-odds + weight log-factor). The factor takes models to err independently of the
    reference, given its priors; on recorded answers, where they shared its mistakes and those of
    the gold answers, a weight near 0.1 was found. Work the factors out with priors that have not
    seen the seed, or they look better than they are.

    Returns:
        The weight; 1 without keys.
    """
    if not keys:
        return 1.0
    log_odds, log_factors, right = (np.array(column) for column in zip(*keys, strict=True))
    scores = log_odds + _WEIGHTS[:, None] * log_factors
    log_density = (right * scores - np.logaddexp(0, scores)).sum(axis=1)
    return float(_WEIGHTS[np.argmax(log_density - ((_WEIGHTS - 1) / 0.5) ** 2 / 2)])


def _maximum_a_posteriori(
    design: _Array, correct: _Array, means: _Array, deviations: _Array
) -> _Array:
    """The coefficients with the highest posterior density, which is strictly concave."""
    precision = np.diag(deviations**-2.0)

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

"""`teachability` for many prompts at once, for asking what another policy would make of them.

The same formulas in the same order over arrays, so that posterior, verdict and score are those of
`teachability.teachability` to the last bit. The score's interval is left out, and so is the step
factor, which changes no verdict.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.teachability_policy import Policy

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

VERDICT_NAMES: Final = ("suspect", "hard", "teachable", "easy", "unsettled")
"""What the numbers of `Weighed.verdict` stand for."""


class EvidenceArrays(NamedTuple):
    """The evidence on n prompts, with room for w weak models each.

    Attributes:
        reliability: (n,) P(key right) before the weak models are heard; NaN takes the policy's for
            an answer that was given.
        agreeing: (n, w) responses in the class of the key. The first column is the model that is
            to be taught; a model that a prompt lacks has 0 of 0 and says nothing.
        samples: (n, w) all responses.
        weak_priors: (n, w, 2) Beta priors of the models' accuracy; NaN takes the policy's.
        wrong_key_priors: (n, w, 2) the same of how often they repeat a wrong key.
        weights: (n, w) how far a model's agreement speaks to the key, times the policy's weight.
    """

    reliability: Floats
    agreeing: Floats
    samples: Floats
    weak_priors: Floats
    wrong_key_priors: Floats
    weights: Floats


class Weighed(NamedTuple):
    """The results on n prompts.

    Attributes:
        posterior: (n, 4) probabilities of suspect, hard, teachable and easy.
        verdict: (n,) places in `VERDICT_NAMES`.
        score: (n,) T with a step factor of 1, in [0, 1].
    """

    posterior: Floats
    verdict: Integers
    score: Floats


def weigh(evidence: EvidenceArrays, policy: Policy) -> Weighed:
    """Posterior, verdict and score of every prompt under a policy."""
    reliability = np.where(
        np.isnan(evidence.reliability), policy.gold_reliability, evidence.reliability
    )
    right = special.expit(special.logit(reliability) + _strongest_factors(evidence, policy))
    alpha, beta = _accuracies(evidence, policy)
    below_low = special.betainc(alpha, beta, policy.low)
    below_high = special.betainc(alpha, beta, policy.high)
    posterior = np.stack(
        [1 - right, right * below_low, right * (below_high - below_low), right * (1 - below_high)],
        axis=1,
    )
    best = posterior.argmax(axis=1)
    reached = posterior[np.arange(len(best)), best] >= policy.threshold
    total = alpha + beta
    closeness = 4 * alpha * beta / (total * (total + 1))
    return Weighed(
        posterior,
        np.where(reached, best, VERDICT_NAMES.index("unsettled")),
        right * closeness,
    )


def _effective_counts(evidence: EvidenceArrays, policy: Policy) -> tuple[Floats, Floats]:
    shrink = 1 + np.maximum(evidence.samples - 1, 0) * policy.overdispersion
    return evidence.agreeing / shrink, (evidence.samples - evidence.agreeing) / shrink


def _priors(fitted: Floats, of_policy: tuple[float, float]) -> tuple[Floats, Floats]:
    priors = np.where(np.isnan(fitted), of_policy, fitted)
    return priors[..., 0], priors[..., 1]


def _strongest_factors(evidence: EvidenceArrays, policy: Policy) -> Floats:
    """(n,) the log Bayes factor for the key that is farthest from 0, the first of equal ones."""
    successes, failures = _effective_counts(evidence, policy)

    def log_beta_binomial(alpha: Floats, beta: Floats) -> Floats:
        joint: Floats = special.betaln(alpha + successes, beta + failures)
        return joint - special.betaln(alpha, beta)

    right = log_beta_binomial(*_priors(evidence.weak_priors, policy.weak_prior))
    wrong = log_beta_binomial(*_priors(evidence.wrong_key_priors, policy.wrong_key_prior))
    factors = evidence.weights * policy.agreement_weight * (right - wrong)
    strongest: Floats = factors[np.arange(len(factors)), np.abs(factors).argmax(axis=1)]
    return strongest


def _accuracies(evidence: EvidenceArrays, policy: Policy) -> tuple[Floats, Floats]:
    """(n,) Beta posterior of the first weak model's accuracy, given that the key is right."""
    successes, failures = _effective_counts(evidence, policy)
    alpha, beta = _priors(evidence.weak_priors[:, 0], policy.weak_prior)
    return alpha + successes[:, 0], beta + failures[:, 0]

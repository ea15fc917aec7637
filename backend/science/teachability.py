"""How likely it is that teaching a prompt pays: a posterior over four states, a score, a verdict.

A weak model answers m times and agrees with the reference answer (the *key*) s times. Either the
key is right, and s tells how well the model does (s ~ BetaBin(m; weak prior)), or the key is wrong,
and s tells how often the model makes the same mistake (s ~ BetaBin(m; wrong-key prior)). From both
follow the posterior of the key and of the model's accuracy q, and from those

    suspect = 1 - r        hard = r P(q < low)        teachable = r P(low <= q <= high)
    easy = r P(q > high)   T = r E[4 q (1 - q)] g     with r = P(key right | s, m).

The definition is our own: a mixture likelihood on top of the agreement rate that the
Phi-4-reasoning report (arXiv 2504.21318) filters by, which gives no thresholds.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from scipy import special

from backend.science.teachability_policy import BetaPrior, Policy

State = Literal["suspect", "hard", "teachable", "easy"]
Verdict = State | Literal["unsettled"]

_INTERVAL_TAILS = (0.05, 0.95)
_BISECTIONS = 40


class WeakEvidence(NamedTuple):
    """What one weak model answered.

    Attributes:
        agreeing: responses in the class of the key.
        samples: all responses, those without an answer among them.
        wrong_key_prior: how often this model repeats a wrong key; None takes the policy's. Give
            the fitted one (`reliability.fit_wrong_key_prior`) where there is one: a model of the
            reference's own family shares its mistakes, and its agreement must then count for less.
        weak_prior: Beta prior of this model's accuracy; None takes the policy's.
        weight: how far its agreement speaks to the key, times the policy's own weight.
    """

    agreeing: int
    samples: int
    wrong_key_prior: BetaPrior | None = None
    weak_prior: BetaPrior | None = None
    weight: float = 1.0


class Posterior(NamedTuple):
    """Probabilities of the four states; they add up to 1."""

    suspect: float
    hard: float
    teachable: float
    easy: float


class Teachability(NamedTuple):
    """The result for one prompt.

    Attributes:
        posterior: the four probabilities.
        verdict: the most probable state where it reaches the policy's threshold, else unsettled.
        score: T, the mean of the score's posterior, in [0, 1].
        low: lower end of its central 90% interval.
        high: upper end.
    """

    posterior: Posterior
    verdict: Verdict
    score: float
    low: float
    high: float


def teachability(
    reliability: float,
    evidence: Sequence[WeakEvidence],
    policy: Policy,
    step_factor: float = 1.0,
) -> Teachability:
    """Weigh all evidence on one prompt.

    The *first* weak model is the one to be taught: the bands hard, teachable and easy speak of its
    accuracy, for what is easy for one model says little about another. All of them speak to the
    key (`key_posterior`).

    Args:
        reliability: P(key right) before the weak models are heard, in [0, 1]; 0 where the
            reference came to no answer (a tie, or silence), which makes the prompt suspect.
        evidence: one entry for each weak model, at least one.
        policy: bands, threshold and priors.
        step_factor: g, the factor of the score that speaks for multi-step prompts.

    Raises:
        ValueError: no evidence, or numbers out of range.
    """
    if not evidence:
        raise ValueError("evidence: at least one weak model is needed")
    for value, name in ((reliability, "reliability"), (step_factor, "step_factor")):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: {value} is not in [0, 1]")
    right = key_posterior(reliability, evidence, policy)
    accuracy = accuracy_posterior(evidence[0], policy)
    below_low, below_high = special.betainc(*accuracy, [policy.low, policy.high]).tolist()
    posterior = Posterior(
        suspect=1 - right,
        hard=right * below_low,
        teachable=right * (below_high - below_low),
        easy=right * (1 - below_high),
    )
    low, high = (_score_quantile(p, right, accuracy) * step_factor for p in _INTERVAL_TAILS)
    return Teachability(
        posterior=posterior,
        verdict=verdict(posterior, policy.threshold),
        score=right * _mean_closeness(accuracy) * step_factor,
        low=low,
        high=high,
    )


def key_posterior(reliability: float, evidence: Sequence[WeakEvidence], policy: Policy) -> float:
    """P(key right) after the weak models were heard.

    Each model's agreement gives a Bayes factor for the key. Models err together, so their factors
    are not multiplied: only the strongest one, for or against, counts, to the power of the
    policy's weight. One model alone, with weight 1, gives exactly the mixture of the heading.
    """
    strongest = max((log_key_factor(weak, policy) for weak in evidence), key=abs, default=0.0)
    return float(special.expit(special.logit(reliability) + strongest))


def accuracy_posterior(weak: WeakEvidence, policy: Policy) -> BetaPrior:
    """Beta posterior (alpha, beta) of a weak model's accuracy, given that the key is right."""
    successes, failures = _effective_counts(weak, policy)
    alpha, beta = weak.weak_prior or policy.weak_prior
    return alpha + successes, beta + failures


def verdict(posterior: Posterior, threshold: float) -> Verdict:
    """The most probable state, or unsettled where its probability is below the threshold."""
    states: tuple[State, ...] = ("suspect", "hard", "teachable", "easy")
    best = max(range(4), key=posterior.__getitem__)
    return states[best] if posterior[best] >= threshold else "unsettled"


def step_factor(steps: Sequence[int], policy: Policy) -> float:
    """g: how likely it is that the prompt takes at least the policy's minimum of steps.

    The share of judgments that saw enough steps, with one imaginary judge who did: without
    judgments the score stays as it is, one judge who saw too few halves it, and it is never zero,
    for it ranks prompts and is no gate.
    """
    enough = sum(count >= policy.minimum_steps for count in steps)
    return (enough + 1) / (len(steps) + 1)


def log_key_factor(weak: WeakEvidence, policy: Policy) -> float:
    """log P(s | key right) - log P(s | key wrong), weighted; the binomial coefficient cancels."""
    counts = _effective_counts(weak, policy)
    right = weak.weak_prior or policy.weak_prior
    wrong = weak.wrong_key_prior or policy.wrong_key_prior
    factor = _log_beta_binomial(counts, right) - _log_beta_binomial(counts, wrong)
    return weak.weight * policy.agreement_weight * factor


def _log_beta_binomial(counts: tuple[float, float], prior: BetaPrior) -> float:
    (successes, failures), (alpha, beta) = counts, prior
    joint = special.betaln(alpha + successes, beta + failures)
    return float(joint - special.betaln(alpha, beta))


def _effective_counts(weak: WeakEvidence, policy: Policy) -> tuple[float, float]:
    """Agreeing and other responses, shrunk to m / (1 + (m - 1) phi) samples in all."""
    agreeing, samples = weak.agreeing, weak.samples
    if not 0 <= agreeing <= samples:
        raise ValueError(f"agreeing: {agreeing} is not in 0..{samples}")
    shrink = 1 + max(samples - 1, 0) * policy.overdispersion
    return agreeing / shrink, (samples - agreeing) / shrink


def _mean_closeness(accuracy: BetaPrior) -> float:
    """E[4 q (1 - q)] = 4 alpha beta / ((alpha + beta) (alpha + beta + 1)) for a Beta posterior."""
    alpha, beta = accuracy
    total = alpha + beta
    return 4 * alpha * beta / (total * (total + 1))


# Counts are small and reliabilities repeat, so that most seeds of a run share their interval.
@lru_cache(maxsize=2**14)
def _score_quantile(probability: float, right: float, accuracy: BetaPrior) -> float:
    """Quantile of the score before the step factor, by bisection on its distribution function.

    With probability 1 - right the key is wrong and the score 0; else it is t = 4 q (1 - q), for
    which P(t <= x) = F(q-) + 1 - F(q+) with q± = (1 ± sqrt(1 - x)) / 2 and F the Beta posterior.
    """
    if right == 0 or probability <= 1 - right:
        return 0.0
    target = (probability - (1 - right)) / right
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        root = math.sqrt(1 - middle)
        below, above = special.betainc(*accuracy, ((1 - root) / 2, (1 + root) / 2)).tolist()
        low, high = (middle, high) if below + 1 - above < target else (low, middle)
    return (low + high) / 2

"""When to stop asking a weak model: exact look-ahead over all answers that may still come.

A verdict given now is wrong with probability 1 - max(posterior). One more answer agrees with the
key or does not; how likely either is follows from the posterior (Beta-binomial, mixed over a right
and a wrong key), and so do the verdicts after it, up to the cap. Backward induction over the states
(s agreeing of m) weighs what all this is expected to bring against what it costs, and finds for
every state whether another answer is worth its price (Bayes-optimal stopping: DeGroot, Optimal
Statistical Decisions, 1970, chapter 12). With one price for all seeds a global budget is spent
where it buys most.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.teachability_policy import BetaPrior, Policy

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AdaptiveRule:
    """What evidence may cost.

    Attributes:
        price: of one weak answer, in probability of a right verdict: .002 pays up to 500 answers
            for one more right verdict.
        weak_minimum: answers that the weak model gives in any case.
        weak_cap: answers that it gives at most.
        stop_when_settled: whether a verdict that reaches the policy's threshold is enough; else
            only the price and the cap stop.
        reference_price: price of a reference answer, in weak answers.
        reference_minimum: votes that the reference gives in any case.
        reference_cap: votes that it gives at most.

    Raises:
        ValueError: a number out of range, with its name.
    """

    price: float = 0.002
    weak_minimum: int = 2
    weak_cap: int = 32
    stop_when_settled: bool = True
    reference_price: float = 1.0
    reference_minimum: int = 2
    reference_cap: int = 8

    def __post_init__(self) -> None:
        for name in ("price", "reference_price"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: must be above 0")
        for role in ("weak", "reference"):
            least, most = getattr(self, f"{role}_minimum"), getattr(self, f"{role}_cap")
            if not 1 <= least <= most:
                raise ValueError(f"{role}_minimum: {least} is not in 1..{role}_cap = {most}")


class AnswerStates(NamedTuple):
    """What s agreeing answers of m say, for all s <= m <= cap; arrays are indexed [s, m].

    Attributes:
        log_factor: log Bayes factor for a right key, times the policy's weight.
        next_if_right: P(the next answer agrees) if the key is right.
        next_if_wrong: the same if it is wrong.
        bands: P(hard), P(teachable), P(easy) if the key is right; shape (cap + 1, cap + 1, 3).
    """

    log_factor: Array
    next_if_right: Array
    next_if_wrong: Array
    bands: Array


class Outlook(NamedTuple):
    """What is to be expected of a seed in each state, for each prior reliability of its key.

    Arrays are indexed [reliability, s, m]; entries with s > m have no meaning.

    Attributes:
        posterior: suspect, hard, teachable, easy; shape (..., 4).
        ask: whether another answer is worth its price.
        loss: P(verdict wrong) in the end, plus the price of the answers until then.
        error: P(verdict wrong) in the end.
        calls: answers still to come.
        settles: P(the verdict reaches the threshold in the end).
    """

    posterior: Array
    ask: Flags
    loss: Array
    error: Array
    calls: Array
    settles: Array


@lru_cache(maxsize=64)
def answer_states(
    policy: Policy, cap: int, wrong_key_prior: BetaPrior | None = None
) -> AnswerStates:
    """The states under a policy. They are kept: a run asks for the same again and again."""
    hits, trials = np.meshgrid(np.arange(cap + 1.0), np.arange(cap + 1.0), indexing="ij")
    shrink = 1 + np.maximum(trials - 1, 0) * policy.overdispersion
    successes = np.minimum(hits, trials) / shrink
    failures = np.maximum(trials - hits, 0) / shrink
    right, wrong = policy.weak_prior, wrong_key_prior or policy.wrong_key_prior
    alpha, beta = right[0] + successes, right[1] + failures
    below_low = special.betainc(alpha, beta, policy.low)
    below_high = special.betainc(alpha, beta, policy.high)
    log_factor = special.betaln(alpha, beta) - special.betaln(*right)
    log_factor -= special.betaln(wrong[0] + successes, wrong[1] + failures)
    return AnswerStates(
        log_factor=policy.agreement_weight * (log_factor + special.betaln(*wrong)),
        next_if_right=alpha / (alpha + beta),
        next_if_wrong=(wrong[0] + successes) / (sum(wrong) + successes + failures),
        bands=np.stack([below_low, below_high - below_low, 1 - below_high], axis=-1),
    )


def outlook(
    reliabilities: npt.ArrayLike, states: AnswerStates, policy: Policy, rule: AdaptiveRule
) -> Outlook:
    """Solve the stopping problem for several keys at once.

    Args:
        reliabilities: P(key right) before the weak model is heard, shape (n,).
        states: of the policy, up to the rule's cap.
        policy: bands and threshold.
        rule: price, minimum and cap.
    """
    prior = np.asarray(reliabilities, dtype=float)[:, None, None]
    right = special.expit(special.logit(prior) + states.log_factor)
    agrees = right * states.next_if_right + (1 - right) * states.next_if_wrong
    posterior = np.concatenate([(1 - right)[..., None], right[..., None] * states.bands], axis=-1)
    best = posterior.max(axis=-1)
    settled = best >= policy.threshold
    ask = np.zeros(best.shape, dtype=bool)
    values = np.stack([1 - best, 1 - best, np.zeros(best.shape), settled.astype(float)])
    step = np.array([rule.price, 0.0, 1.0, 0.0])[:, None, None]
    for trials in range(rule.weak_cap - 1, -1, -1):
        here = np.s_[:, : trials + 1, trials]
        chance = agrees[here]
        later = values[..., trials + 1]
        going_on = step + chance * later[..., 1 : trials + 2]
        going_on += (1 - chance) * later[..., : trials + 1]
        if trials < rule.weak_minimum:
            ask[here] = True
        else:
            ask[here] = going_on[0] < values[0][here] - 1e-12
            if rule.stop_when_settled:
                ask[here] &= ~settled[here]
        values[:, :, : trials + 1, trials] = np.where(
            ask[here], going_on, values[:, :, : trials + 1, trials]
        )
    return Outlook(posterior, ask, *values)


def worth_of_a_call(found: Outlook, reliability_index: int, agreeing: int, samples: int) -> float:
    """How much surer a verdict becomes with each answer still to come; 0 where none is worth it.

    The index by which unsettled seeds are ranked when calls are short: the gain in P(verdict right)
    up to the stop over the answers until then. A single answer often changes no verdict at all, and
    would rank such seeds last.
    """
    place = (reliability_index, agreeing, samples)
    if not found.ask[place]:
        return 0.0
    now = 1 - float(found.posterior[place].max())
    return max(now - float(found.error[place]), 0.0) / float(found.calls[place])


def calls_in_any_case(ask: Flags, agreeing: int, samples: int) -> int:
    """How many answers will be asked for whatever they say: they may be asked for at once.

    Args:
        ask: of an outlook, for one reliability; indexed [s, m].
        agreeing: s now.
        samples: m now.
    """
    calls = 0
    while (
        samples + calls < ask.shape[1]
        and ask[agreeing : agreeing + calls + 1, samples + calls].all()
    ):
        calls += 1
    return calls

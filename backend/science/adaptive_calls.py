"""Where a seed's next call goes: to the weak model, to the reference, or nowhere.

The weak model is looked ahead for up to the cap (`adaptive.outlook`), the reference one small batch
at a time: how many of its next votes join the winner is Beta-binomial, each outcome has a
reliability, and each reliability its outlook. The call with the smaller expected loss is made, and
none where none pays.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from backend.science.adaptive import (
    AdaptiveRule,
    Array,
    answer_states,
    calls_in_any_case,
    outlook,
    worth_of_a_call,
)
from backend.science.plurality import Plurality
from backend.science.reliability import ReliabilityModel, features_of_counts
from backend.science.teachability import Posterior
from backend.science.teachability_policy import BetaPrior, Policy

# From this probability of a wrong key on, a model of a third family should be asked.
DOUBTFUL_KEY = 0.2

_LOG_ODDS = np.linspace(-8, 8, 129)
_REFERENCE_BATCHES = (1, 2)
_NEWTON_STEPS = 8


class ReferenceVotes(NamedTuple):
    """The sizes of a vote: the two largest classes, all answers, missing ones, all classes."""

    first: int
    second: int
    answered: int
    unanswered: int
    classes: int
    second_family: tuple[int, int] = (0, 0)

    @property
    def total(self) -> int:
        """All votes, missing answers among them."""
        return self.answered + self.unanswered


class SeedEvidence(NamedTuple):
    """What is known of a seed.

    Attributes:
        votes: the reference's; None where the answer was given.
        agreeing: answers of the model to be taught that agree with the key.
        samples: all its answers.
    """

    votes: ReferenceVotes | None
    agreeing: int
    samples: int


class NextCalls(NamedTuple):
    """A decision.

    Attributes:
        oracle: who is asked; None where the seed is done.
        calls: how many answers, at least as many as would be asked whatever the first ones say.
        reason: why.
        worth: gain in P(verdict right) with each weak answer still to come, for ranking.
        doubtful_key: whether another family should be asked about the key.
    """

    oracle: Literal["weak", "reference"] | None
    calls: int
    reason: Literal["minimum", "tie", "pays", "settled", "does not pay"]
    worth: float
    doubtful_key: bool


def votes_of(votes: Plurality, second_family: tuple[int, int] = (0, 0)) -> ReferenceVotes:
    """The sizes of a plurality."""
    first, second = ([found.count for found in votes.classes] + [0, 0])[:2]
    answered = votes.total - votes.unanswered
    return ReferenceVotes(
        first, second, answered, votes.unanswered, len(votes.classes), second_family
    )


class AdaptiveSampler:
    """Decides for the seeds of one domain and line-up.

    Args:
        policy: bands, threshold and priors.
        rule: prices, minima and caps.
        model: reliability of the reference's votes.
        wrong_key_prior: of the weak model; None takes the policy's.
        domain: of the seeds.
    """

    def __init__(
        self,
        policy: Policy,
        rule: AdaptiveRule,
        model: ReliabilityModel,
        wrong_key_prior: BetaPrior | None = None,
        domain: str | None = None,
    ) -> None:
        self._policy, self._rule, self._model, self._domain = policy, rule, model, domain
        self._states = answer_states(policy, rule.weak_cap, wrong_key_prior)
        self._outlook = outlook(special.expit(_LOG_ODDS), self._states, policy, rule)
        self.next_calls = lru_cache(maxsize=65536)(self._next_calls)

    def posterior(self, seed: SeedEvidence) -> Posterior:
        """Of the four states; suspect where the reference came to no answer."""
        if seed.votes is not None and seed.votes.first == seed.votes.second:
            return Posterior(1.0, 0.0, 0.0, 0.0)
        place = (seed.agreeing, seed.samples)
        log_odds = special.logit(self._reliability(seed.votes)) + self._states.log_factor[place]
        right = float(special.expit(log_odds))
        hard, teachable, easy = (right * self._states.bands[place]).tolist()
        return Posterior(1 - right, hard, teachable, easy)

    def _next_calls(self, seed: SeedEvidence) -> NextCalls:
        votes, rule = seed.votes, self._rule
        if votes is not None and votes.total < rule.reference_minimum:
            missing = rule.reference_minimum - votes.total
            return NextCalls("reference", missing, "minimum", 1.0, False)
        if votes is not None and votes.first == votes.second:
            if votes.total >= rule.reference_cap:
                return NextCalls(None, 0, "settled", 0.0, True)
            return NextCalls("reference", 1, "tie", 1.0, True)
        return self._weigh(seed, self._reliability(votes))

    def _weigh(self, seed: SeedEvidence, reliability: float) -> NextCalls:
        level, rule = self._level(reliability), self._rule
        posterior = self.posterior(seed)
        worth = worth_of_a_call(self._outlook, level, seed.agreeing, seed.samples)
        doubtful = posterior.suspect >= DOUBTFUL_KEY
        weak_calls = calls_in_any_case(self._outlook.ask[level], seed.agreeing, seed.samples)
        if seed.samples < rule.weak_minimum:
            return NextCalls("weak", weak_calls, "minimum", worth, doubtful)
        if rule.stop_when_settled and max(posterior) >= self._policy.threshold:
            return NextCalls(None, 0, "settled", 0.0, doubtful)
        stay = self._loss(np.array([reliability]), seed)[0]
        losses = self._reference_losses(seed, reliability)
        if losses and min(losses.values()) < stay - 1e-9:
            batch = min(losses, key=lambda size: losses[size])
            gain = (stay - losses[batch]) / batch + rule.price * rule.reference_price
            return NextCalls("reference", batch, "pays", max(worth, float(gain)), doubtful)
        if weak_calls:
            return NextCalls("weak", weak_calls, "pays", worth, doubtful)
        return NextCalls(None, 0, "does not pay", 0.0, doubtful)

    def _reference_losses(self, seed: SeedEvidence, reliability: float) -> dict[int, float]:
        """Expected loss after a batch of votes and the best weak answers then, by batch."""
        if seed.votes is None:
            return {}
        left = self._rule.reference_cap - seed.votes.total
        price = self._rule.price * self._rule.reference_price
        losses = {}
        for batch in (size for size in _REFERENCE_BATCHES if size <= left):
            joining = _beta_binomial(batch, seed.votes.first, seed.votes.total)
            later = np.array(
                [self._reliability_after(seed.votes, n, batch) for n in range(batch + 1)]
            )
            later = _with_mean(later, joining, reliability)
            losses[batch] = batch * price + float(joining @ self._loss(later, seed))
        return losses

    def _loss(self, reliabilities: Array, seed: SeedEvidence) -> Array:
        losses = self._outlook.loss[:, seed.agreeing, seed.samples]
        return np.interp(special.logit(reliabilities), _LOG_ODDS, losses)

    def _reliability(self, votes: ReferenceVotes | None) -> float:
        if votes is None:
            return self._policy.gold_reliability
        return self._model.reliability(features_of_counts(*votes), self._domain)

    def _reliability_after(self, votes: ReferenceVotes, joining: int, batch: int) -> float:
        """If so many of the next votes join the winner and the others the runner-up."""
        others = batch - joining
        return self._reliability(
            votes._replace(
                first=votes.first + joining,
                second=min(votes.second + others, votes.first + joining),
                answered=votes.answered + batch,
                classes=max(votes.classes, 2) if others else votes.classes,
            )
        )

    @staticmethod
    def _level(reliability: float) -> int:
        step = _LOG_ODDS[1] - _LOG_ODDS[0]
        place = (special.logit(reliability) - _LOG_ODDS[0]) / step
        return int(np.clip(np.rint(place), 0, len(_LOG_ODDS) - 1))


def _beta_binomial(batch: int, hits: int, trials: int) -> Array:
    """P(0), ..., P(batch) of the next votes joining, under Jeffreys' prior."""
    joining = np.arange(batch + 1)
    alpha, beta = hits + 0.5, trials - hits + 0.5
    log_chance = special.betaln(alpha + joining, beta + batch - joining)
    chance = special.binom(batch, joining) * np.exp(log_chance - special.betaln(alpha, beta))
    return np.asarray(chance, dtype=float)


def _with_mean(reliabilities: Array, chances: Array, mean: float) -> Array:
    """The same, shifted on the log-odds so that their expectation is what is believed now.

    A regression does not promise that; without it, votes would seem to pay for being asked.
    """
    log_odds, shift = special.logit(reliabilities), 0.0
    for _ in range(_NEWTON_STEPS):
        shifted = special.expit(log_odds + shift)
        slope = float(chances @ (shifted * (1 - shifted)))
        shift -= (float(chances @ shifted) - mean) / slope
    return np.asarray(special.expit(log_odds + shift), dtype=float)

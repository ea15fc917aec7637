"""The adaptive rule for whole seeds: which endpoint is asked for how much, from what it said.

Every seed gets the minimum of each endpoint at once. Then `AdaptiveSampler` weighs, call by call,
whether the weak model or the reference is worth another answer; where the key is doubtful, models
of another family are heard about it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backend.science import teachability as science
from backend.science.adaptive import AdaptiveRule
from backend.science.adaptive_calls import AdaptiveSampler, NextCalls, SeedEvidence, votes_of
from backend.science.answer_keys import AnswerKey
from backend.science.calibration import Calibration
from backend.science.plurality import Plurality, plurality
from backend.science.reliability import features_of
from backend.science.sampling_rules import SeedAnswers, Wanted, asked
from backend.science.stopping import PlannedEndpoint, Role
from backend.science.teachability_policy import Policy

# What other weak models say only bears on the key: more of them would hardly move it.
_MOST_OTHER_WEAK_SAMPLES = 8


class _Key(NamedTuple):
    """The answer that decides for now, the votes on it, and how many of a second family join."""

    key: AnswerKey | None
    votes: Plurality | None
    second_family: tuple[int, int]


class AdaptiveSampling:
    """Adaptive stopping for the seeds of a run.

    Args:
        plan: the endpoints with their caps; the first weak one is the model to be taught.
        rule: prices; its caps and minima are lowered to those of the plan.
        policy: bands, threshold and priors.
        calibration: what gold seeds have told so far.
    """

    def __init__(
        self,
        plan: Sequence[PlannedEndpoint],
        rule: AdaptiveRule,
        policy: Policy,
        calibration: Calibration,
    ) -> None:
        self._plan, self._policy, self._calibration = plan, policy, calibration
        self._weak = [entry for entry in plan if entry.role == "weak"]
        self._reference = self._of_role("reference")
        self._second = self._of_role("second_reference")
        self._rule = _within(rule, self._weak[0].samples, self._reference)
        self._samplers: dict[tuple[str | None, bool], AdaptiveSampler] = {}

    def wanted(self, seed: SeedAnswers) -> Wanted:
        """The minimum first; then the one endpoint whose answers are worth most."""
        have = {entry.endpoint: len(seed.keys.get(entry.endpoint, ())) for entry in self._plan}
        samples = {
            entry.endpoint: max(self._least(entry), have[entry.endpoint])
            for entry in asked(self._plan, seed)
            if entry.endpoint not in seed.exhausted
        }
        if any(number > have[endpoint] for endpoint, number in samples.items()):
            return Wanted(samples)
        key = self._key(seed)
        decision = self._decide(seed, key)
        if decision.doubtful_key:
            samples |= self._others(key)
        if decision.oracle is not None and not self._is_settled(seed, key):
            entry = self._weak[0] if decision.oracle == "weak" else self._reference
            if entry is not None and entry.endpoint not in seed.exhausted:
                samples[entry.endpoint] = min(have[entry.endpoint] + decision.calls, entry.samples)
        return Wanted(samples, decision.worth, can_wait=True)

    def _of_role(self, role: Role) -> PlannedEndpoint | None:
        return next((entry for entry in self._plan if entry.role == role), None)

    def _least(self, entry: PlannedEndpoint) -> int:
        if entry.role == "second_reference":
            return 0
        least = self._rule.weak_minimum
        if entry.role == "judge":
            least = entry.samples
        elif entry.role == "reference":
            least = self._rule.reference_minimum
        return min(least, entry.samples)

    def _key(self, seed: SeedAnswers) -> _Key:
        if not seed.asks_reference or self._reference is None:
            return _Key(seed.given, None, (0, 0))
        votes = plurality(seed.keys.get(self._reference.endpoint, ()), seed.equivalent)
        second = seed.keys.get(self._second.endpoint, ()) if self._second else ()
        joining = sum(_agrees(key, votes.winner, seed) for key in second)
        return _Key(votes.winner, votes, (joining, len(second)))

    def _decide(self, seed: SeedAnswers, key: _Key) -> NextCalls:
        agreeing, samples = self._agreement(seed, key, self._weak[0])
        votes = votes_of(key.votes, key.second_family) if key.votes else None
        sampler = self._sampler(seed.domain, voted=votes is not None)
        return sampler.next_calls(SeedEvidence(votes, agreeing, samples))

    def _agreement(self, seed: SeedAnswers, key: _Key, entry: PlannedEndpoint) -> tuple[int, int]:
        # An earlier run may have asked for more than this one's cap.
        keys = seed.keys.get(entry.endpoint, ())[: entry.samples]
        return sum(_agrees(found, key.key, seed) for found in keys), len(keys)

    def _sampler(self, domain: str | None, *, voted: bool) -> AdaptiveSampler:
        """The sampler of a domain, for keys that are voted on or given."""
        if (domain, voted) not in self._samplers:
            taught, fitted = self._weak[0].endpoint, self._calibration
            # What was fitted on wrong votes says nothing of given answers.
            weight = fitted.agreement_weight if voted else 1.0
            policy = replace(
                self._policy,
                weak_prior=fitted.weak_prior(taught, domain) or self._policy.weak_prior,
                agreement_weight=self._policy.agreement_weight * weight,
            )
            wrong = fitted.wrong_key_priors.get(taught) if voted else None
            self._samplers[domain, voted] = AdaptiveSampler(
                policy, self._rule, fitted.reliability, wrong, domain
            )
        return self._samplers[domain, voted]

    def _others(self, key: _Key) -> dict[int, int]:
        """Models of other families, for a key in doubt."""
        others = {
            entry.endpoint: min(entry.samples, _MOST_OTHER_WEAK_SAMPLES) for entry in self._weak[1:]
        }
        if self._second is not None and key.votes is not None and key.votes.winner is not None:
            others[self._second.endpoint] = self._second.samples
        return others

    def _is_settled(self, seed: SeedAnswers, key: _Key) -> bool:
        """Whether the verdict reaches the threshold once all weak models are counted in."""
        if len(self._weak) < 2 or not self._rule.stop_when_settled:
            return False
        features = features_of(key.votes, key.second_family) if key.votes else None
        reliability = self._policy.gold_reliability
        if key.votes is not None:
            model = self._calibration.reliability
            reliability = model.reliability(features, seed.domain) if features else 0.0
        evidence = [
            weak_evidence(
                self._calibration, entry.endpoint, seed.domain, *self._agreement(seed, key, entry)
            )
            for entry in self._weak
        ]
        return science.teachability(reliability, evidence, self._policy).verdict != "unsettled"


def weak_evidence(
    calibration: Calibration, model: int, domain: str | None, agreeing: int, samples: int
) -> science.WeakEvidence:
    """A weak model's answers with what the calibration says of it."""
    return science.WeakEvidence(
        agreeing,
        samples,
        calibration.wrong_key_priors.get(model),
        calibration.weak_prior(model, domain),
        calibration.agreement_weight,
    )


def _agrees(answer: AnswerKey | None, key: AnswerKey | None, seed: SeedAnswers) -> bool:
    if answer is None or key is None:
        return False
    return answer == key or seed.equivalent(answer, key)


def _within(rule: AdaptiveRule, weak_cap: int, reference: PlannedEndpoint | None) -> AdaptiveRule:
    reference_cap = reference.samples if reference else rule.reference_cap
    return replace(
        rule,
        weak_cap=weak_cap,
        weak_minimum=min(rule.weak_minimum, weak_cap),
        reference_cap=reference_cap,
        reference_minimum=min(rule.reference_minimum, reference_cap),
    )

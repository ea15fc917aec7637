"""The settings in which rules are compared.

- `resampled`: answers drawn with replacement from each problem's recorded ones. All rules see the
  reference's recorded votes; `known` takes the gold answer as key instead.
- `recorded`: the recorded answers themselves, each used once; half of them make the truth.
- `simulated`: accuracies from the fitted priors. No recorded answer takes part: a simulation.
- `all_calls`: resampled, the reference's votes drawn too, and every call counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy import stats

from backend.science.adaptive import AdaptiveRule, Array, Flags
from backend.science.adaptive_calls import AdaptiveSampler, SeedEvidence
from backend.science.reliability import features_of_counts
from backend.science.teachability_policy import BetaPrior, Policy
from benchmarks.verdict_data import LineUp
from benchmarks.verdict_pipeline import (
    SUSPECT,
    Fitted,
    Seed,
    class_is_right,
    reliability,
    second_family_answers,
    true_state,
    vote_counts,
)
from benchmarks.verdict_rules import Group, Indices, Outcome

POLICY = Policy()
REFERENCE_CAP = 8
_SIMULATED_SEEDS = 200
_CERTAIN = 1 - 1e-9


class Sample(NamedTuple):
    """Seeds of one line-up and half, with what the other half has taught."""

    line_up: LineUp
    fitted: Fitted
    seeds: list[Seed]

    @property
    def policy(self) -> Policy:
        """With the fitted priors."""
        return replace(
            POLICY,
            weak_prior=self.fitted.weak_prior,
            wrong_key_prior=self.fitted.wrong_key_prior,
            agreement_weight=self.fitted.agreement_weight,
        )


def samples_of(
    line_ups: Mapping[LineUp, list[Seed]], fits: tuple[dict[LineUp, Fitted], ...]
) -> list[Sample]:
    """All seeds that a weak model has answered, each with the fit of the half it is not in."""
    return [
        Sample(line_up, fits[1 - half][line_up], found)
        for line_up, seeds in line_ups.items()
        for half in (0, 1)
        if (found := [s for s in seeds if s.samples and s.problem.half == half])
    ]


def resampled(sample: Sample) -> Group:
    """Gold hidden."""
    return Group(
        np.array([reliability(sample.line_up, seed, sample.fitted) for seed in sample.seeds]),
        np.array([seed.hits / seed.samples for seed in sample.seeds]),
        np.array([seed.truth(POLICY) for seed in sample.seeds]),
        sample.policy,
    )


def known(sample: Sample) -> Group:
    """The gold answer as key: only the weak model is in question."""
    accuracies = np.array([seed.accuracy for seed in sample.seeds])
    return _certain(accuracies, sample.fitted.known_prior)


def simulated(sample: Sample) -> Group:
    """Seeds whose accuracies are even quantiles of the fitted prior."""
    places = (np.arange(_SIMULATED_SEEDS) + 0.5) / _SIMULATED_SEEDS
    prior = sample.fitted.known_prior
    return _certain(stats.beta.ppf(places, *prior), prior)


def _certain(accuracies: Array, prior: BetaPrior) -> Group:
    policy = replace(POLICY, weak_prior=prior)
    truth = np.array([true_state(True, accuracy, policy) for accuracy in accuracies.tolist()])
    return Group(np.full(len(accuracies), _CERTAIN), accuracies, truth, policy)


def recorded(sample: Sample, generator: np.random.Generator) -> tuple[Group, Flags]:
    """Half of the weak answers in random order, and the truth by the other half."""
    used = min(seed.samples for seed in sample.seeds) // 2
    streams = np.zeros((len(sample.seeds), used), dtype=bool)
    truth = np.zeros(len(sample.seeds), dtype=int)
    for index, seed in enumerate(sample.seeds):
        votes = seed.problem.votes[sample.line_up.weak]
        order = generator.permutation(seed.samples)
        streams[index] = (votes.classes[order[:used]] == seed.key) & (seed.key >= 0)
        held_back = float(votes.right[order[used:]].mean())
        truth[index] = true_state(seed.key_right, held_back, POLICY)
    return resampled(sample)._replace(truth=truth), streams


def drawn_answers(
    sample: Sample, repetitions: int, cap: int, generator: np.random.Generator
) -> tuple[Indices, Flags]:
    """Classes of weak answers drawn with replacement, and whether each agrees with the key."""
    draws = np.stack(
        [
            generator.choice(
                seed.problem.votes[sample.line_up.weak].classes, size=(repetitions, cap)
            )
            for seed in sample.seeds
        ]
    )
    keys = np.array([seed.key for seed in sample.seeds])[:, None, None]
    return draws, (draws == keys) & (keys >= 0)


def all_calls_fixed(sample: Sample, generator: np.random.Generator) -> Group:
    """So many votes of the reference for every seed, drawn anew; then as `resampled`."""
    policy = sample.policy
    rows = []
    for seed in sample.seeds:
        reference = seed.problem.votes[sample.line_up.reference].classes
        votes, key = vote_counts(
            generator.choice(reference, REFERENCE_CAP),
            second_family_answers(sample.line_up, seed.problem),
        )
        chance, truth = _facts(sample, seed, key)
        model = sample.fitted.model
        found = (
            model.reliability(features_of_counts(*votes), sample.line_up.name) if key >= 0 else 0
        )
        rows.append((found, chance, truth))
    reliabilities, chances, truths = (np.array(column) for column in zip(*rows, strict=True))
    return Group(reliabilities, chances, truths, policy)


def all_calls_adaptive(
    sample: Sample, rule: AdaptiveRule, generator: np.random.Generator
) -> Outcome:
    """Ours, choosing between the reference and the weak model for each call."""
    fitted, name = sample.fitted, sample.line_up.name
    sampler = AdaptiveSampler(sample.policy, rule, fitted.model, domain=name)
    outcomes = [_played(sample, sampler, seed, generator) for seed in sample.seeds]
    return Outcome(*(np.array(column, dtype=float) for column in zip(*outcomes, strict=True)))


def _played(
    sample: Sample, sampler: AdaptiveSampler, seed: Seed, generator: np.random.Generator
) -> tuple[float, bool, bool, bool]:
    answers = {
        "reference": _endless(seed.problem.votes[sample.line_up.reference].classes, generator),
        "weak": _endless(seed.problem.votes[sample.line_up.weak].classes, generator),
    }
    heard: dict[str, list[int]] = {"reference": [], "weak": []}
    second = second_family_answers(sample.line_up, seed.problem)
    while True:
        votes, key = vote_counts(np.array(heard["reference"], dtype=int), second)
        agreeing = sum(answer == key >= 0 for answer in heard["weak"])
        evidence = SeedEvidence(votes, agreeing, len(heard["weak"]))
        decision = sampler.next_calls(evidence)
        if decision.oracle is None:
            break
        for _ in range(decision.calls):
            heard[decision.oracle].append(next(answers[decision.oracle]))
    posterior = sampler.posterior(evidence)
    wrong = int(np.argmax(posterior)) != _facts(sample, seed, key)[1]
    settled = max(posterior) >= POLICY.threshold
    calls = len(heard["reference"]) + len(heard["weak"])
    return calls, wrong, settled, settled and wrong


def _endless(classes: Indices, generator: np.random.Generator) -> Iterator[int]:
    while True:
        yield from generator.choice(classes, 16).tolist()


def _facts(sample: Sample, seed: Seed, key: int) -> tuple[float, int]:
    """The chance that a weak answer agrees with this key, and the true state if it is the key."""
    if key < 0:
        return 0.0, SUSPECT
    weak = seed.problem.votes[sample.line_up.weak].classes
    right = class_is_right(seed.problem, sample.line_up.reference, key)
    return float((weak == key).mean()), true_state(right, seed.accuracy, POLICY)

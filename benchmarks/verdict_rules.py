"""What a sampling rule costs and how often it errs, worked out rather than sampled where it can be.

A rule that looks at the counts alone walks over the states (s agreeing of m); the chance of each
state follows from the chance of an agreeing answer, and with it the expected calls and errors of
each seed, exactly. Rules that look at the answers themselves are simulated.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from backend.science.adaptive import AdaptiveRule, Array, Flags, Outlook, answer_states, outlook
from backend.science.teachability_policy import Policy
from benchmarks.verdict_pipeline import HARD

Indices = npt.NDArray[np.int64]


class Group(NamedTuple):
    """Seeds of one line-up and half, ready to be sampled; arrays over the seeds.

    Attributes:
        reliability: P(key right), before weak answers.
        chance: that a weak answer agrees with the key.
        truth: the true state.
        policy: with the fitted priors.
    """

    reliability: Array
    chance: Array
    truth: Indices
    policy: Policy


class Outcome(NamedTuple):
    """What a rule is expected to do with each seed; arrays over the seeds.

    Attributes:
        calls: weak answers asked for.
        error: P(the most probable state is not the true one).
        settled: P(the threshold is reached).
        settled_error: P(it is reached by a wrong state).
    """

    calls: Array
    error: Array
    settled: Array
    settled_error: Array


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Outcomes of several groups in one."""
    return Outcome(*(np.concatenate(column) for column in zip(*outcomes, strict=True)))


def adaptive(group: Group, rule: AdaptiveRule) -> Outcome:
    """Ours, for the weak model."""
    level, found = _plans(group, rule)
    parts = [np.zeros(len(level)) for _ in Outcome._fields]
    for index in np.unique(level).tolist():
        seeds = level == index
        posterior = found.posterior[index]
        outcome = _walk(
            found.ask[index], posterior, group.chance[seeds], group.truth[seeds], group.policy
        )
        for part, column in zip(parts, outcome, strict=True):
            part[seeds] = column
    return Outcome(*parts)


def fixed(group: Group, samples: int, by_share: bool = False) -> Outcome:
    """So many answers, then the most probable state; `by_share`: the band of the bare share."""
    states = answer_states(group.policy, samples)
    posterior = outlook(
        group.reliability, states, group.policy, AdaptiveRule(weak_cap=samples)
    ).posterior[:, :, samples]
    if by_share:
        share = np.arange(samples + 1) / samples
        band = HARD + (share >= group.policy.low) + (share > group.policy.high)
        named = np.broadcast_to(band, posterior.shape[:2])
    else:
        named = posterior.argmax(axis=-1)
    settled = posterior.max(axis=-1) >= group.policy.threshold
    chance = stats.binom.pmf(np.arange(samples + 1), samples, group.chance[:, None])
    wrong = named != group.truth[:, None]
    return Outcome(
        np.full(len(group.chance), float(samples)),
        (chance * wrong).sum(axis=1),
        (chance * settled).sum(axis=1),
        (chance * settled * wrong).sum(axis=1),
    )


def stopped_by_vote(
    group: Group,
    draws: Indices,
    hits: npt.NDArray[np.bool_],
    stops: Callable[[Sequence[int | None]], bool],
) -> Outcome:
    """A published rule: it watches the answers, the verdict is the posterior's at its stop.

    Args:
        group: the seeds.
        draws: classes of simulated answers, shape (seeds, repetitions, cap); -1 without an answer.
        hits: whether each agrees with the key.
        stops: whether to stop after these answers.
    """
    seeds, repetitions, cap = draws.shape
    states = answer_states(group.policy, cap)
    posterior = outlook(
        group.reliability, states, group.policy, AdaptiveRule(weak_cap=cap)
    ).posterior
    columns = np.zeros((4, seeds))
    for seed in range(seeds):
        for repetition in range(repetitions):
            answers = [None if a < 0 else a for a in draws[seed, repetition].tolist()]
            calls = next((n for n in range(2, cap) if stops(answers[:n])), cap)
            agreeing = int(hits[seed, repetition, :calls].sum())
            found = posterior[seed, agreeing, calls]
            wrong = found.argmax() != group.truth[seed]
            settled = found.max() >= group.policy.threshold
            columns[:, seed] += (calls, wrong, settled, settled and wrong)
    return Outcome(*(columns / repetitions))


def adaptive_on_streams(group: Group, streams: Flags, rule: AdaptiveRule) -> Outcome:
    """Ours on given answers: `streams` says whether each agrees, shape (seeds, answers)."""
    level, found = _plans(group, rule)
    agreeing = np.concatenate([np.zeros((len(level), 1), int), streams.cumsum(axis=1)], axis=1)
    asked = np.arange(agreeing.shape[1])
    goes_on = found.ask[level[:, None], agreeing, asked]
    goes_on[:, -1] = False
    calls = (~goes_on).argmax(axis=1)
    posterior = found.posterior[level, agreeing[np.arange(len(level)), calls], calls]
    return _judged(group, posterior, calls)


def fixed_on_streams(group: Group, streams: Flags, samples: int) -> Outcome:
    """The first so many of given answers."""
    rule = AdaptiveRule(weak_cap=samples)
    level, found = _plans(group, rule)
    posterior = found.posterior[level, streams[:, :samples].sum(axis=1), samples]
    return _judged(group, posterior, np.full(len(level), samples))


def _judged(group: Group, posterior: Array, calls: Indices) -> Outcome:
    wrong = posterior.argmax(axis=-1) != group.truth
    settled = posterior.max(axis=-1) >= group.policy.threshold
    return Outcome(*(np.asarray(c, dtype=float) for c in (calls, wrong, settled, settled & wrong)))


def _plans(group: Group, rule: AdaptiveRule) -> tuple[Indices, Outlook]:
    """The plan of each seed; reliabilities that differ by little share one."""
    rounded = special.expit(special.logit(group.reliability).round(1))
    levels, level = np.unique(rounded, return_inverse=True)
    states = answer_states(group.policy, rule.weak_cap)
    return level, outlook(levels, states, group.policy, rule)


def _walk(ask: Flags, posterior: Array, chance: Array, truth: Indices, policy: Policy) -> Outcome:
    """Follow all paths through the states of one plan; a plan never goes beyond its cap."""
    cap = ask.shape[0] - 1
    named, settled = posterior.argmax(axis=-1), posterior.max(axis=-1) >= policy.threshold
    here = np.ones((len(chance), 1))
    total = np.zeros((4, len(chance)))
    for samples in range(cap + 1):
        states = np.s_[: samples + 1, samples]
        stopping = here * ~ask[states]
        wrong = named[states][None, :] != truth[:, None]
        total[0] += samples * stopping.sum(axis=1)
        total[1] += (stopping * wrong).sum(axis=1)
        total[2] += (stopping * settled[states]).sum(axis=1)
        total[3] += (stopping * settled[states] * wrong).sum(axis=1)
        going = here * ask[states]
        if samples == cap or not going.any():
            break
        here = np.zeros((len(chance), samples + 2))
        here[:, :-1] += going * (1 - chance[:, None])
        here[:, 1:] += going * chance[:, None]
    return Outcome(*total)

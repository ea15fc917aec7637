"""Figures from outcomes: rules at equal error, with intervals over problems."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.adaptive import Array
from backend.science.statistics import auc, brier, expected_calibration_error
from benchmarks.verdict_data import LINE_UPS, Problem, Votes
from benchmarks.verdict_rules import Outcome

_RESAMPLES = 400


class Ratio(NamedTuple):
    """Our calls over a rule's at the same error, and its central 95% interval.

    None where our curve does not reach the rule's error.
    """

    value: float | None
    low: float | None
    high: float | None


class Figures(NamedTuple):
    """A rule's row: per seed, all in, and among settled ones."""

    calls: float
    error: float
    settled: float
    settled_error: float
    calls_per_settled: float


def figures(outcome: Outcome) -> Figures:
    """Means over the seeds."""
    calls, error, settled, settled_error = (float(column.mean()) for column in outcome)
    share = settled or float("nan")
    return Figures(calls, error, settled, settled_error / share, calls / share)


def ratio_at_equal_error(
    curve: Sequence[Outcome], rule: Outcome, problems: Sequence[str], calls: float | None = None
) -> Ratio:
    """Our calls where our all-in error is the rule's, over the rule's calls.

    Args:
        curve: ours at several prices.
        rule: the other.
        problems: of each seed, the unit of the bootstrap.
        calls: of the rule, where they are not the outcome's.
    """
    ours = np.stack([np.stack([point.calls, point.error]) for point in curve])
    other = np.stack([rule.calls if calls is None else np.full_like(rule.calls, calls), rule.error])
    number = np.unique(problems, return_inverse=True)[1]
    generator = np.random.default_rng(0)
    weights = generator.multinomial(number.max() + 1, _even(number.max() + 1), _RESAMPLES)
    found = [_ratio(ours, other, weight[number]) for weight in weights]
    low, high = np.quantile(
        [value for value in found if value is not None] or [np.nan], [0.025, 0.975]
    )
    return Ratio(_ratio(ours, other, np.ones(len(number))), float(low), float(high))


def _even(count: int) -> Array:
    return np.full(count, 1 / count)


def _ratio(ours: Array, other: Array, weights: Array) -> float | None:
    calls, errors = (ours @ weights / weights.sum()).T
    rule_calls, rule_error = other @ weights / weights.sum()
    order = np.argsort(errors)
    if not errors.min() <= rule_error <= errors.max():
        return None
    return float(np.interp(rule_error, errors[order], calls[order]) / rule_calls)


class KeyFigures(NamedTuple):
    """How good probabilities of a right key are."""

    seeds: int
    right: float
    auc: float | None
    brier: float | None
    calibration_error: float | None


def key_figures(probabilities: Sequence[float], right: Sequence[bool]) -> KeyFigures:
    """Against gold."""
    return KeyFigures(
        len(right),
        float(np.mean(right)),
        auc(probabilities, right),
        brier(probabilities, right),
        expected_calibration_error(probabilities, right),
    )


def plurality_gain(problems: Sequence[Problem]) -> dict[str, tuple[float, float]]:
    """Share of right pluralities by text and by answer class, for each data set and model."""
    rows: dict[str, list[tuple[bool, bool]]] = {}
    wanted = {(line_up.data_set, model) for line_up in LINE_UPS for model in line_up[2:4]}
    for problem in problems:
        for model, votes in problem.votes.items():
            if (problem.data_set, model) in wanted:
                pair = (_is_right(votes, votes.texts), _is_right(votes, votes.classes))
                rows.setdefault(f"{problem.data_set} {model}", []).append(pair)
    return {
        name: (float(np.mean([text for text, _ in pairs])), float(np.mean([c for _, c in pairs])))
        for name, pairs in sorted(rows.items())
    }


def _is_right(votes: Votes, labels: npt.NDArray[np.int64]) -> bool:
    answered = labels[labels >= 0]
    if not len(answered):
        return False
    counts = np.bincount(answered)
    tie = (counts == counts.max()).sum() > 1
    return bool(not tie and votes.right[labels == counts.argmax()].mean() > 0.5)

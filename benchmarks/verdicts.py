"""What a verdict costs and how often it is wrong, on recorded answers whose gold is hidden.

    python -m benchmarks.verdicts --data FOLDER

Every line-up of `verdict_data` with independent samples takes part. All that has parameters is
fitted on one half of the problems and judged on the other, both ways; intervals are bootstrapped
over problems. Our curve is drawn by the price of a call, without a stop at the threshold; the rules
it is compared with get the same posterior at their stop, so that only the stopping differs. The
settings are those of `verdict_arms`. Errors are all-in: an unsettled seed counts as its most
probable state; the table has those among settled seeds too. The last line is JSON.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backend.science.adaptive import AdaptiveRule
from backend.science.adaptive_baselines import (
    adaptive_consistency_stops,
    early_stopping_consistency_stops,
    prior_posterior_ratio_stops,
)
from benchmarks import verdict_arms as arms
from benchmarks.verdict_data import LINE_UPS, LineUp, Problem, read_problems
from benchmarks.verdict_pipeline import (
    Fitted,
    Seed,
    fit_half,
    reliability,
    reliability_after_weak,
    seeds_of,
)
from benchmarks.verdict_report import (
    KeyFigures,
    Ratio,
    figures,
    key_figures,
    plurality_gain,
    ratio_at_equal_error,
)
from benchmarks.verdict_rules import (
    Group,
    Outcome,
    adaptive,
    adaptive_on_streams,
    fixed,
    fixed_on_streams,
    joined,
    stopped_by_vote,
)

SAMPLES = (4, 8, 16, 32)
CAP = 64
VOTE_CAP = 40
PRICES = tuple(np.geomspace(0.0005, 0.03, 9).tolist())
TOTAL_PRICES = (0.0005, 0.0015, 0.003, 0.006, 0.012)
_REPETITIONS = 3
_SPLITS = 10
_VOTE_RULES: dict[str, Callable[[Sequence[int | None]], bool]] = {
    "Adaptive-Consistency .95": adaptive_consistency_stops,
    "Adaptive-Consistency .99": partial(adaptive_consistency_stops, confidence=0.99),
    "ESC, window 5": early_stopping_consistency_stops,
    "PPR-1v1 .05": prior_posterior_ratio_stops,
}


class Comparison(NamedTuple):
    """Our curve against other rules in one setting."""

    curve: list[Outcome]
    rules: dict[str, Outcome]
    problems: list[str]

    def show(self, title: str) -> dict[str, Ratio]:
        """Print the table; returns our calls over each rule's at equal error."""
        print(f"\n{title}\n{'rule':<28}{'calls':>7}{'error':>8}{'settled':>9}{'wrong':>8}"
              f"{'calls/settled':>15}   ours at equal error")  # fmt: skip
        ratios = {}
        for name, outcome in self.rules.items():
            ratios[name] = ratio_at_equal_error(self.curve, outcome, self.problems)
            print(_row(name, outcome), _shown(ratios[name]), sep="   ")
        for index, outcome in enumerate(self.curve):
            print(_row(f"ours, price {index + 1}", outcome))
        return ratios


def main() -> None:
    """Read the recordings, run all settings, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    problems = read_problems(parser.parse_args().data)
    line_ups = {line_up: seeds_of(line_up, problems) for line_up in LINE_UPS}
    fits = (fit_half(line_ups, 0), fit_half(line_ups, 1))
    samples = arms.samples_of(line_ups, fits)
    before, after = show_keys(line_ups, fits)
    gain = show_plurality(problems)
    hidden = _compare([arms.resampled(sample) for sample in samples], samples, True)
    ratios = hidden.show("Resampled, gold hidden, calls to the weak model")
    distinct = _distinct(samples)
    known = _compare([arms.known(sample) for sample in distinct], distinct, False)
    known_ratios = known.show("Resampled, key known")
    total_ratios = _all_calls(samples).show("Resampled, gold hidden, all calls")
    _recorded(samples).show("Recorded answers, truth from held-back ones")
    simulated = [arms.simulated(sample) for sample in distinct]
    simulated_ratios = _compare(simulated, [], False).show(
        "SIMULATION: fitted accuracies, key known"
    )
    default = figures(joined([adaptive(arms.resampled(s), AdaptiveRule()) for s in samples]))
    print(f"\nours as set by default: {default}")
    found = {
        "key_auc": before.auc,
        "key_brier": before.brier,
        "key_ece": before.calibration_error,
        "key_auc_after_weak": after.auc,
        "key_brier_after_weak": after.brier,
        "key_ece_after_weak": after.calibration_error,
        "verdict_error": default.settled_error,
        "settled": default.settled,
        "calls": default.calls,
        "calls_ratio_k16": ratios["fixed 16"].value,
        "calls_ratio_k32": ratios["fixed 32"].value,
        "calls_ratio_k16_share": ratios["fixed 16, bare share"].value,
        "calls_ratio_k32_share": ratios["fixed 32, bare share"].value,
        "calls_ratio_k16_known_key": known_ratios["fixed 16"].value,
        "calls_ratio_k32_known_key": known_ratios["fixed 32"].value,
        "calls_ratio_k16_all_calls": total_ratios["fixed 16"].value,
        "calls_ratio_k32_all_calls": total_ratios["fixed 32"].value,
        "calls_ratio_k16_simulated": simulated_ratios["fixed 16"].value,
        "calls_ratio_k32_simulated": simulated_ratios["fixed 32"].value,
        "calls_ratio_adaptive_consistency": ratios["Adaptive-Consistency .95"].value,
        "calls_ratio_esc": ratios["ESC, window 5"].value,
        "class_vs_string_plurality_gain": gain,
    }
    print(json.dumps({k: v if v is None else round(v, 4) for k, v in found.items()}))


def show_keys(
    line_ups: dict[LineUp, list[Seed]], fits: tuple[dict[LineUp, Fitted], ...]
) -> tuple[KeyFigures, KeyFigures]:
    """Print how good reliabilities are, by line-up; returns all together, before and after weak."""
    print(f"{'key reliability':<28}{'seeds':>7}{'right':>8}{'share AUC':>11}{'AUC':>8}{'Brier':>8}"
          f"{'ECE':>8}   and after weak answers")  # fmt: skip
    every: tuple[list[float], list[float], list[float]] = ([], [], [])
    known: list[bool] = []
    for line_up, seeds in line_ups.items():
        rows = [
            (
                seed.votes.first / max(seed.votes.total, 1) * (seed.key >= 0),
                reliability(line_up, seed, fits[1 - seed.problem.half][line_up]),
                reliability_after_weak(line_up, seed, fits[1 - seed.problem.half][line_up]),
                seed.key_right,
            )
            for seed in seeds
        ]
        share, before, after, right = (list(column) for column in zip(*rows, strict=True))
        _show_key(line_up.name, share, before, after, right)
        every[0].extend(share)
        every[1].extend(before)
        every[2].extend(after)
        known.extend(right)
    _show_key("all", *every, known)
    return key_figures(every[1], known), key_figures(every[2], known)


def _show_key(
    name: str, share: list[float], before: list[float], after: list[float], right: list[bool]
) -> None:
    bare = key_figures(share, right)
    print(f"{name:<28}{bare.seeds:>7}{bare.right:>8.3f}{bare.auc or 0:>11.3f}", end="")
    for found in (key_figures(before, right), key_figures(after, right)):
        print(
            f"{found.auc or 0:>8.3f}{found.brier or 0:>8.4f}{found.calibration_error or 0:>8.3f}",
            end="",
        )
    print()


def show_plurality(problems: list[Problem]) -> float:
    """Print pluralities by text and by class; returns the mean gain over models."""
    print(f"\n{'right plurality':<70}{'text':>8}{'class':>8}")
    found = plurality_gain(problems)
    for name, (text, answer_class) in found.items():
        print(f"{name:<70}{text:>8.3f}{answer_class:>8.3f}")
    return float(np.mean([answer_class - text for text, answer_class in found.values()]))


def _compare(groups: list[Group], samples: list[arms.Sample], votes: bool) -> Comparison:
    rules: dict[str, Outcome] = {}
    for count in SAMPLES:
        rules[f"fixed {count}"] = joined([fixed(group, count) for group in groups])
        rules[f"fixed {count}, bare share"] = joined([fixed(g, count, True) for g in groups])
    if votes:
        generator = np.random.default_rng(0)
        drawn = [arms.drawn_answers(s, _REPETITIONS, VOTE_CAP, generator) for s in samples]
        for name, stops in _VOTE_RULES.items():
            rules[name] = joined(
                [stopped_by_vote(g, *d, stops) for g, d in zip(groups, drawn, strict=True)]
            )
    curve = [
        joined(
            [
                adaptive(g, AdaptiveRule(price, weak_cap=CAP, stop_when_settled=False))
                for g in groups
            ]
        )
        for price in PRICES
    ]
    names = [seed.problem.id for sample in samples for seed in sample.seeds]
    return Comparison(curve, rules, names or [str(n) for n in range(len(curve[0].calls))])


def _distinct(samples: list[arms.Sample]) -> list[arms.Sample]:
    """Each weak model once: with the key known, references make no difference."""
    found = {
        (s.line_up.data_set, s.line_up.weak, s.seeds[0].problem.half): s for s in samples[::-1]
    }
    return list(found.values())


def _all_calls(samples: list[arms.Sample]) -> Comparison:
    rules = {}
    for count in SAMPLES:
        generator = np.random.default_rng(0)
        drawn = [arms.all_calls_fixed(s, generator) for _ in range(_REPETITIONS) for s in samples]
        outcome = joined([fixed(group, count) for group in drawn])
        rules[f"fixed {count}"] = outcome._replace(calls=outcome.calls + arms.REFERENCE_CAP)
    curve = []
    for price in TOTAL_PRICES:
        rule = AdaptiveRule(price, stop_when_settled=False, reference_cap=arms.REFERENCE_CAP)
        generator = np.random.default_rng(0)
        runs = [arms.all_calls_adaptive(s, rule, generator) for _ in range(2) for s in samples]
        curve.append(_mean_of(runs, len(samples)))
    names = [seed.problem.id for sample in samples for seed in sample.seeds]
    return Comparison(curve, {name: _folded(o, _REPETITIONS) for name, o in rules.items()}, names)


def _mean_of(runs: list[Outcome], groups: int) -> Outcome:
    return _folded(joined(runs), len(runs) // groups)


def _folded(outcome: Outcome, repetitions: int) -> Outcome:
    return Outcome(*(column.reshape(repetitions, -1).mean(axis=0) for column in outcome))


def _recorded(samples: list[arms.Sample]) -> Comparison:
    generator = np.random.default_rng(0)
    splits = [arms.recorded(sample, generator) for _ in range(_SPLITS) for sample in samples]
    rules = {
        f"fixed {count}": _mean_of([fixed_on_streams(*s, count) for s in splits], len(samples))
        for count in SAMPLES[:2]
    }
    curve = []
    for price in PRICES:
        rule = AdaptiveRule(price, stop_when_settled=False)
        outcomes = [adaptive_on_streams(*split, rule) for split in splits]
        curve.append(_mean_of(outcomes, len(samples)))
    names = [seed.problem.id for sample in samples for seed in sample.seeds]
    return Comparison(curve, rules, names)


def _row(name: str, outcome: Outcome) -> str:
    found = figures(outcome)
    return (
        f"{name:<28}{found.calls:>7.2f}{found.error:>8.4f}{found.settled:>9.3f}"
        f"{found.settled_error:>8.4f}{found.calls_per_settled:>15.2f}"
    )


def _shown(ratio: Ratio) -> str:
    value = "out of reach" if ratio.value is None else f"{ratio.value:.3f}"
    return f"{value} [{ratio.low:.3f}, {ratio.high:.3f}]"


if __name__ == "__main__":
    main()

"""Are planted faults found in teachers' traces, for the right reason, and honest traces let pass?

    python -m benchmarks.planted_faults [--data DIR] [--each 200]

Honest traces are the hand-written ones and, with `--data`, the right responses of the recording:
distilled R1 models with their thinking, all others as answers without one. Faults are planted into
those with thinking, where nothing else is said of them. One random seed for each kind.

    caught        of the planted faults of a kind, those that are rejected for the right reason
    otherwise     those that are rejected for another one
    false_alarms  of honest traces, those that are rejected at all
    export_*      the same of the last look before an export, whatever was found before: quotes of
                  guidelines that it sees, and honest traces that it leaves out

A guideline that is given away in other words is no kind here: no rule sees it, and what a judge
sees takes a model.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from backend.science.guided_questions import GUIDED_WORDS, GuidedQuestion
from backend.science.guideline_index import GuidelineIndex
from backend.science.thinking import Trace, read_trace
from backend.science.trace_faults import DEFAULT_RULES, TraceContext, rejection
from benchmarks.faults import KINDS, Kind
from benchmarks.honest_traces import HonestTrace
from benchmarks.honest_traces_more import HONEST
from benchmarks.trace_data import read_responses

HAND_WRITTEN = "hand-written"
WITH_THINKING = "recorded, with thinking"
ANSWERS_ONLY = "recorded, answer alone"
QUOTES = ("guideline quoted", "template quoted")


class Honest(NamedTuple):
    """A trace without a fault, and which group it is of."""

    group: str
    trace: HonestTrace


def honest_traces(data: Path | None) -> Iterator[Honest]:
    """All honest traces; recorded ones count as such where the recording calls them right."""
    for trace in HONEST:
        yield Honest(HAND_WRITTEN, trace)
    for recorded in read_responses(data) if data else ():
        if recorded.is_correct and recorded.text is not None:
            read = recorded.trace()
            if recorded.thinks and read.problem is not None:
                continue  # cut off by the recording
            found = HonestTrace(
                recorded.problem.prompt, read.thinking, read.answer, recorded.problem.gold
            )
            yield Honest(WITH_THINKING if read.thinking else ANSWERS_ONLY, found)


def secret_of(guideline: str) -> str:
    """What leak checks look for where a teacher was shown this guideline."""
    return GuidedQuestion(guideline, "").secret if guideline else ""


def false_alarms(honest: Sequence[Honest]) -> dict[str, Counter[str]]:
    """How often honest traces of each group are rejected, by reason; "" where they are not."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group, trace in honest:
        context = TraceContext(trace.prompt, secret_of(trace.guideline), bool(trace.value))
        rules = DEFAULT_RULES._replace(needs_thinking=group != ANSWERS_ONLY)
        refused = rejection(Trace(trace.thinking, trace.answer), context, rules)
        found[group][refused.reason if refused else ""] += 1
    return found


def export_alarms(index: GuidelineIndex, honest: Sequence[Honest]) -> float:
    """The share of honest traces that an export would leave out."""
    found = [
        bool(index.quotes(f"{trace.thinking}\n\n{trace.answer}", trace.prompt))
        for _, trace in honest
    ]
    return sum(found) / len(found)


def seen_by_export(index: GuidelineIndex, kind: Kind, bases: Sequence[HonestTrace]) -> float:
    """The share of planted quotes that an export would leave out."""
    chance = random.Random(kind.name)
    bases = [base for base in bases if base.guideline]
    planted = [(base, kind.plant(base, chance)) for base in bases for _ in range(20)]
    found = [
        bool(index.quotes(f"{each.reasoning or ''}\n\n{each.response}", base.prompt))
        for base, each in planted
        if each is not None
    ]
    return sum(found) / len(found)


def caught(kind: Kind, bases: Sequence[HonestTrace], each: int) -> Counter[str]:
    """How often planted faults of a kind are rejected, by reason; "" where they are not."""
    chance = random.Random(kind.name)
    guidelines = [trace.guideline for trace in HONEST if trace.guideline]
    found: Counter[str] = Counter()
    while found.total() < each:
        # Half of the traces that faults are planted into are the few hand-written ones.
        base = chance.choice(HONEST if chance.random() < 0.5 else bases)
        base = base._replace(guideline=base.guideline or chance.choice(guidelines))
        planted = kind.plant(base, chance)
        if planted is None:
            continue
        trace = read_trace(planted.response, planted.reasoning, planted.finish_reason)
        context = TraceContext(base.prompt, secret_of(planted.guideline), planted.needs_value)
        refused = rejection(trace, context)
        found[refused.reason if refused else ""] += 1
    return found


def report(
    planted: dict[str, Counter[str]],
    honest: dict[str, Counter[str]],
    export: dict[str, float | dict[str, float]],
) -> None:
    """The table, and one JSON object as the last line."""
    reasons = {kind.name: kind.reason for kind in KINDS}
    right = {name: found[reasons[name]] / found.total() for name, found in planted.items()}
    missed = {name: found[""] / found.total() for name, found in planted.items()}
    other = {name: round(1 - right[name] - missed[name], 6) for name in planted}
    print(f"{'fault':<32}{'planted':>8}{'caught':>9}{'otherwise':>11}{'missed':>9}")
    for name, found in planted.items():
        shares = f"{right[name]:>9.3f}{other[name]:>11.3f}{missed[name]:>9.3f}"
        print(f"{name:<32}{found.total():>8}{shares}")
    print(f"\n{'honest traces':<32}{'number':>8}{'rejected':>10}  by reason")
    alarms = {group: 1 - found[""] / found.total() for group, found in honest.items()}
    for group, found in honest.items():
        reasons_of = {reason: count for reason, count in found.most_common() if reason}
        print(f"{group:<32}{found.total():>8}{alarms[group]:>10.4f}  {reasons_of or ''}")
    totals = sum(honest.values(), Counter())
    figures = {
        "caught": {name: round(share, 4) for name, share in right.items()},
        "otherwise": {name: round(share, 4) for name, share in other.items()},
        "least_caught": round(min(right.values()), 4),
        "false_alarms": round(1 - totals[""] / totals.total(), 5),
        "false_alarms_by_group": {group: round(share, 5) for group, share in alarms.items()},
        "honest": totals.total(),
        **export,
    }
    print(json.dumps(figures))


def main() -> None:
    """Plant, look, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with recorded responses")
    parser.add_argument("--each", type=int, default=200, help="planted faults of each kind")
    options = parser.parse_args()
    honest = list(honest_traces(options.data))
    bases = [trace for group, trace in honest if group != ANSWERS_ONLY]
    planted = {kind.name: caught(kind, bases, options.each) for kind in KINDS}
    index = GuidelineIndex([GUIDED_WORDS, *(t.guideline for t in HONEST if t.guideline)])
    export: dict[str, float | dict[str, float]] = {
        "export_caught": {
            kind.name: round(seen_by_export(index, kind, bases), 4)
            for kind in KINDS
            if kind.name in QUOTES
        },
        "export_false_alarms": round(export_alarms(index, honest), 6),
    }
    report(planted, false_alarms(honest), export)


if __name__ == "__main__":
    main()

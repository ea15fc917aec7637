"""Are verified traces right, how many are lost on the way, and what does a doubtful key cost?

    python -m benchmarks.traces --data DIR

The recorded responses to GSM8K and MATH problems stand for teachers' traces. Each is read, looked
at by the rules and compared with a key: by the extraction of answers, the equivalence and the pool
of processes with a time limit that the product uses. The key is the known answer first, then the
plurality of a strong model's answers, for the problems that it was asked. Programs are left out,
since their answers are not in their texts.

    verified_precision             of the traces that are verified, those that the recording calls
                                   right; its labels are not free of errors
    verified_recall                of the right ones, those that are verified
    verified_precision_plurality   the precision where the key is a plurality
    chosen                         the precision of the traces that each rule of choice keeps
    seconds_per_1000               to read, look at and verify a thousand traces
"""

import argparse
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from backend.science.answer_extraction import extract_answer
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.plurality import plurality
from backend.science.trace_choice import Candidate, ChoiceRule, choose
from backend.science.trace_faults import (
    CHARACTERS_PER_TOKEN,
    DEFAULT_RULES,
    TraceContext,
    rejection,
)
from benchmarks.trace_data import Recorded, read_responses
from workers.equivalence_pool import EquivalencePool

STRONG: Final = {
    "gsm8k": "gpt-4 (MoT-cascade)",
    "math": "DeepSeek-R1-Distill-Llama-8B+QwQ-32B hybrid (ATTS)",
}
CHOICES: Final[tuple[ChoiceRule, ...]] = ("shortest", "random", "all")


class Looked(NamedTuple):
    """A response after reading and the rules.

    Attributes:
        recorded: the response.
        key: its answer; None where it has none, or was rejected.
        reason: why it was rejected; "" where it was not.
        tokens: of thinking and answer, estimated.
    """

    recorded: Recorded
    key: AnswerKey | None
    reason: str
    tokens: int


def looked_at(recorded: Recorded) -> Looked:
    """Read a response, and look at it by the rules."""
    trace = recorded.trace()
    rules = DEFAULT_RULES._replace(needs_thinking=recorded.thinks)
    refused = rejection(trace, TraceContext(recorded.problem.prompt, needs_value=True), rules)
    key = None if refused else canonical_key(extract_answer(trace.answer))
    tokens = (len(trace.thinking) + len(trace.answer)) // CHARACTERS_PER_TOKEN
    return Looked(recorded, key, refused.reason if refused else "", tokens)


def pluralities(traces: Sequence[Looked], pool: EquivalencePool) -> dict[str, AnswerKey]:
    """By problem, what the strong model says most often; nothing where there is a tie."""
    votes: defaultdict[str, list[AnswerKey | None]] = defaultdict(list)
    for trace in traces:
        problem = trace.recorded.problem.id
        if trace.recorded.model == STRONG[problem.split("-")[0]]:
            votes[problem].append(trace.key)
    winners = {problem: plurality(keys, pool).winner for problem, keys in votes.items()}
    return {problem: winner for problem, winner in winners.items() if winner is not None}


def verified(
    traces: Sequence[Looked], keys: dict[str, AnswerKey], pool: EquivalencePool
) -> list[Looked]:
    """The traces whose answer is the key."""
    return [
        trace
        for trace in traces
        if trace.key is not None
        and (key := keys.get(trace.recorded.problem.id)) is not None
        and pool(trace.key, key)
    ]


def precision(traces: Sequence[Looked]) -> float:
    """The share that the recording calls right."""
    return statistics.fmean(trace.recorded.is_correct for trace in traces) if traces else 0.0


def chosen(traces: Sequence[Looked], rule: ChoiceRule) -> list[Looked]:
    """What a rule keeps of each problem's verified traces."""
    by_problem: defaultdict[str, list[int]] = defaultdict(list)
    for number, trace in enumerate(traces):
        by_problem[trace.recorded.problem.id].append(number)
    return [
        traces[kept.id]
        for problem, numbers in by_problem.items()
        for kept in choose([Candidate(n, traces[n].tokens) for n in numbers], rule, problem)
    ]


def recall(found: Sequence[Looked], traces: Sequence[Looked]) -> float:
    """Of the right traces, the share that was found."""
    right = sum(trace.recorded.is_correct for trace in traces)
    return sum(trace.recorded.is_correct for trace in found) / right if right else 0.0


def report_key(name: str, found: Sequence[Looked], traces: Sequence[Looked]) -> dict[str, float]:
    """The table of one key; the precision at each choice."""
    print(f"\n{name}: {len(traces)} traces, {len(found) / len(traces):.3f} verified")
    print(f"{'choice':<10}{'traces':>8}{'precision':>11}{'tokens p50':>12}{'p95':>7}")
    precisions: dict[str, float] = {}
    for rule in CHOICES:
        kept = chosen(found, rule)
        tokens = sorted(trace.tokens for trace in kept)
        middle, high = tokens[len(tokens) // 2], tokens[len(tokens) * 95 // 100]
        precisions[rule] = round(precision(kept), 4)
        print(f"{rule:<10}{len(kept):>8}{precisions[rule]:>11.4f}{middle:>12}{high:>7}")
    return precisions


def reasons(traces: Sequence[Looked], found: Sequence[Looked]) -> dict[str, float]:
    """The share of each reason, those whose answer is not the key being wrong."""
    counts = Counter(trace.reason for trace in traces)
    counts["wrong"] = counts.pop("") - len(found)
    return {reason: round(count / len(traces), 5) for reason, count in counts.most_common()}


def main() -> None:
    """Read, look, verify, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with recorded responses")
    every = list(read_responses(parser.parse_args().data))
    texts = [recorded for recorded in every if recorded.text is not None]
    pool = EquivalencePool(processes=1)
    pool.decide(AnswerKey("expression", "x+1"), AnswerKey("expression", "1+x"))
    begun = time.perf_counter()
    traces = [looked_at(recorded) for recorded in texts]
    gold = {r.problem.id: key for r in texts if (key := canonical_key(r.problem.gold))}
    found = verified(traces, gold, pool)
    seconds = time.perf_counter() - begun
    strong = pluralities(traces, pool)
    asked = [trace for trace in traces if trace.recorded.problem.id in strong]
    found_by_plurality = verified(asked, strong, pool)
    found_by_gold = [trace for trace in found if trace.recorded.problem.id in strong]
    shares = reasons(traces, found)
    print(f"{len(traces)} traces; {len(every) - len(texts)} left out, being programs")
    print("rejected: " + ", ".join(f"{reason} {share:.4f}" for reason, share in shares.items()))
    figures = {
        "verified_precision": round(precision(found), 4),
        "verified_recall": round(recall(found, traces), 4),
        "verified_precision_plurality": round(precision(found_by_plurality), 4),
        "precision_drop": round(precision(found_by_gold) - precision(found_by_plurality), 4),
        "verified_recall_plurality": round(recall(found_by_plurality, asked), 4),
        "verified": round(len(found) / len(traces), 4),
        "rejected": shares,
        "chosen": report_key("known answer", found, traces),
        "chosen_plurality": report_key("plurality", found_by_plurality, asked),
        "seconds_per_1000": round(seconds / len(traces) * 1000, 2),
        "traces": len(traces),
        "left_out": {"program": len(every) - len(texts)},
        "killed": pool.killed,
    }
    pool.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""The whole pipeline on recorded answers of real models: are its keys and its agreement right?

    python -m benchmarks.replay --data DIR [--problems 200] [--kill 2] [--stopping adaptive]

GSM8K problems go in without their answers. A replay server answers with what GPT-4 (the
reference), GPT-3.5 and a LLaMA-7B (the weak models) really said, drawn with replacement. The
plurality key is then held against the gold answer, and each weak model's agreement with the key
against its accuracy over all its recorded responses. With --kill the worker is killed on the way.

    lost        answers of the plan that are not stored at the end; an adaptive run has no such plan
    repeated    answers that the server gave and that are not stored, beyond those that were in
                flight at a kill (at most what the endpoints may have in flight)

Judges are left out: the replay server has no recorded judgments.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any, get_args

from backend.science.answers import AnswerKey, canonical_key
from backend.science.equivalence import equivalent_by_rules
from backend.science.sampling_rules import Stopping
from benchmarks.kills import Kills, follow
from benchmarks.replay_server import ReplayServer, replay_server
from benchmarks.services import Services, running_services

DATA_SET = "gsm8k"
REFERENCE = "gpt-4 (MoT-cascade)"
WEAK = ("gpt-3.5-turbo-2023-08 (Re2)", "llama-7b-rft-u13b")
SAMPLES = 8
ADAPTIVE_CAP = 32
IN_FLIGHT = 64
LATENCY_MS = 100


@dataclass
class Problem:
    """A recorded problem; `accuracy` of each weak model is over its recorded responses."""

    id: str
    prompt: str
    gold: str
    accuracy: dict[str, float] = field(default_factory=dict)


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_problems(data: Path, count: int) -> list[Problem]:
    """The first problems, in order of their numbers, that all three models have answered."""
    correct: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(data.glob("responses*.jsonl.gz")):
        for row in read_jsonl(path):
            if row["model"] in (REFERENCE, *WEAK) and row["kind"] != "program":
                correct[row["problem_id"]][row["model"]].append(bool(row["correct"]))
    problems = [
        Problem(
            row["id"],
            row["prompt"],
            row["gold"],
            {model: fmean(correct[row["id"]][model]) for model in WEAK},
        )
        for path in sorted(data.glob("problems*.jsonl.gz"))
        for row in read_jsonl(path)
        if row["id"].startswith(f"{DATA_SET}-") and len(correct[row["id"]]) == 1 + len(WEAK)
    ]
    return sorted(problems, key=lambda problem: problem.id)[:count]


def ingest(services: Services, problems: list[Problem]) -> None:
    """Push the problems without their answers."""
    rows = [
        {"prompt": p.prompt, "source": "replay", "external_id": p.id, "domain": DATA_SET}
        for p in problems
    ]
    counts = services.post("/v1/seeds:bulk", rows)
    if counts["created"] != len(problems):
        raise RuntimeError(f"not all problems were taken: {counts}")


def start_run(services: Services, server: ReplayServer, stopping: str) -> int:
    """Register the three models and start the run."""
    endpoints = {}
    for role, model in (("reference", REFERENCE), *(("weak", model) for model in WEAK)):
        endpoint = {
            "name": model,
            "base_url": server.base_url,
            "model": model,
            "role": role,
            "max_in_flight": IN_FLIGHT,
        }
        endpoints[model] = services.post("/v1/endpoints", endpoint)["id"]
    run = {
        "name": "replay",
        "reference_endpoint_id": endpoints[REFERENCE],
        "weak_endpoint_ids": [endpoints[model] for model in WEAK],
        "stopping": stopping,
        "reference_samples": SAMPLES,
        "weak_samples": SAMPLES if stopping == "fixed" else ADAPTIVE_CAP,
    }
    return int(services.post("/v1/runs", run)["id"])


def unstored(services: Services, run_id: int, server: ReplayServer) -> int:
    """How many answers the server has given that are not stored."""
    return server.stats()["samples"] - int(services.get(f"/v1/runs/{run_id}")["calls"])


def measure(services: Services, problems: list[Problem]) -> dict[str, Any]:
    """Hold keys and agreements against the gold answers and the recorded accuracies."""
    by_id = {problem.id: problem for problem in problems}
    right = 0
    errors: dict[str, list[float]] = {model: [] for model in WEAK}
    verdicts: dict[str, int] = defaultdict(int)
    for row in services.pages("/v1/seeds"):
        problem = by_id[row["external_id"]]
        verdict = services.get(f"/v1/seeds/{row['id']}")["evidence"]["teachability"]
        verdicts[verdict["verdict"]] += 1
        gold = canonical_key(problem.gold)
        classes = verdict["plurality"]["classes"]
        keys = [AnswerKey.parse(found["key"]) for found in classes if found["is_reference"]]
        right += any(gold is not None and equivalent_by_rules(key, gold) for key in keys)
        for weak in verdict["weak"]:
            model = weak["model"]
            if weak["total"]:
                errors[model].append(abs(weak["rate"] - problem.accuracy[model]))
    return {
        "plurality_accuracy": round(right / len(problems), 4),
        "agreement_mae": round(fmean(e for values in errors.values() for e in values), 4),
        "agreement_mae_by_model": {model: round(fmean(e), 4) for model, e in errors.items()},
        "verdicts": dict(verdicts),
    }


def losses(run: dict[str, Any], unstored: int, kills: Kills, stopping: str) -> dict[str, Any]:
    """What the kills cost."""
    wanted = run["seeds_total"] * SAMPLES * (1 + len(WEAK))
    return {
        "lost": wanted - run["calls"] if stopping == "fixed" else None,
        "repeated": kills.repeated(unstored, IN_FLIGHT * (1 + len(WEAK))),
        "in_flight_at_kills": kills.in_flight,
    }


def print_table(result: dict[str, Any]) -> None:
    """The figures, one a line."""
    for name, value in result.items():
        print(f"{name:<24} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the replay pack")
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--kill", type=int, default=0, help="how often to kill the worker")
    parser.add_argument("--stopping", choices=get_args(Stopping), default="fixed")
    parser.add_argument("--broker", help="URL of a broker in place of the embedded one")
    parser.add_argument("--server", type=Path, help="default: DATA/../tools/replay_server.py")
    options = parser.parse_args()
    server_script = options.server or options.data.resolve().parent / "tools" / "replay_server.py"
    problems = read_problems(options.data, options.problems)
    kills = Kills(options.kill)
    latency = ("--latency-ms", str(LATENCY_MS))
    with (
        replay_server(server_script, options.data, *latency) as server,
        running_services(broker_url=options.broker) as services,
    ):
        ingest(services, problems)
        started = time.monotonic()
        run_id = start_run(services, server, options.stopping)
        run = follow(
            services, run_id, server, kills=kills,
            unstored=lambda: unstored(services, run_id, server),
        )  # fmt: skip
        seconds = time.monotonic() - started
        if run["seeds_failed"]:
            raise RuntimeError(f"seeds failed: {run}")
        result = {"problems": len(problems), **measure(services, problems)}
        result |= {"calls": run["calls"], "seconds": round(seconds, 1)}
        result["calls_per_second"] = round(run["calls"] / seconds, 1)
        result["unrecorded"] = server.stats()["unrecorded"]
        if options.kill:
            result |= losses(run, unstored(services, run_id, server), kills, options.stopping)
    print_table(result)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

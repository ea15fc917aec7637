"""Prompts through the whole service, every answer durable, beside clients that only call.

    python -m benchmarks.orchestration [--prompts 5000] [--rounds 3] [--server-script FILE]

Real API, broker, Postgres and one worker process; the replay server answers everything with one
text. A run has one weak endpoint, one sample a seed and given answers: the smallest pipeline that
stores each answer and a verdict on each seed. Its time is the run's own, from its creation to its
end, so that the wake-up and the last commit are in it.

    at once       the server answers at once, 128 in flight, in turn with a loop over a bare
                  AsyncOpenAI (default transport) and one over bare aiohttp, which store nothing;
                  medians over the rounds. ratio_openai_client and ratio_aiohttp are quotients of
                  calls a second, cpu_s_per_1000 and peak_mb are the worker's
    after 2 s     exponential with that mean, 512 in flight: share_of_ideal_2s is the time that a
                  perfect client takes (the mean of many simulated ones) over ours
    killed        200 ms, 128 in flight, the worker killed half-way and another started:
                  repaid_after_kill counts requests after the kill beyond the samples that were
                  not committed; those in flight at the kill have to be asked again and stand apart
"""

import argparse
import asyncio
import heapq
import json
import random
import statistics
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.ingest import realistic_rows
from benchmarks.kills import Kills, follow
from benchmarks.model_client import CLIENTS, speed
from benchmarks.replay_server import (
    ECHO_ANSWER,
    ReplayServer,
    add_script_option,
    replay_server,
    skip_without,
)
from benchmarks.services import Services, running_services

IN_FLIGHT = 128
SLOW_IN_FLIGHT = 512
SLOW_SECONDS = 2.0
KILL_LATENCY_MS = 200
SIMULATIONS = 100
BARE = ("openai client", "aiohttp")
# Settings of a run that make it ask each seed exactly once.
ONCE: dict[str, Any] = {"stopping": "fixed", "weak_samples": 1}


class Speed(NamedTuple):
    """One client's calls a second, and CPU seconds of its processes for 1,000 calls."""

    calls_per_second: float
    cpu_per_1000: float


class Load:
    """Runs over fresh seeds, one after the other.

    Args:
        services: with one worker process.
        prompts: seeds of each run.
    """

    def __init__(self, services: Services, prompts: int) -> None:
        self.services = services
        self.prompts = prompts
        self._loads = 0

    def run(
        self, server: ReplayServer, in_flight: int, kills: Kills | None = None
    ) -> dict[str, Any]:
        """Score so many new seeds; returns the run."""
        before = server.stats()["samples"]
        source = self._push()
        run_id = self._start(server, source, in_flight)

        def unstored() -> int:
            stored = self.services.get(f"/v1/runs/{run_id}")["calls"]
            return server.stats()["samples"] - before - int(stored)

        run = follow(
            self.services, run_id, server, kills=kills or Kills(0),
            unstored=unstored,
        )  # fmt: skip
        if (run["calls"], run["seeds_scored"]) != (self.prompts, self.prompts):
            raise RuntimeError(f"not every seed has its answer and its verdict: {run}")
        return run

    def _push(self) -> str:
        self._loads += 1
        source = f"load-{self._loads}"
        rows = realistic_rows(self._loads * self.prompts, self.prompts)
        while piece := list(islice(rows, 1000)):
            for row in piece:
                row |= {"source": source, "answer": ECHO_ANSWER}
            self.services.post("/v1/seeds:bulk", piece)
        return source

    def _start(self, server: ReplayServer, source: str, in_flight: int) -> int:
        endpoint = {
            "name": source, "base_url": server.base_url, "model": "echo", "role": "weak",
            "max_in_flight": in_flight,
        }  # fmt: skip
        endpoint_id = self.services.post("/v1/endpoints", endpoint)["id"]
        run = {"filter": {"source": source}, "weak_endpoint_ids": [endpoint_id], **ONCE}
        return int(self.services.post("/v1/runs", run)["id"])


def seconds_of(run: dict[str, Any]) -> float:
    """How long a run took."""
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("created_at", "finished_at"))
    return (ended - begun).total_seconds()


def at_once(load: Load, server: ReplayServer, rounds: int) -> dict[str, list[Speed]]:
    """The service and the bare clients in turn, `rounds` times."""
    found: dict[str, list[Speed]] = {name: [] for name in ("seedbed", *BARE)}
    for _ in range(rounds):
        for name in BARE:
            bare = asyncio.run(_bare(name, server.base_url, load.prompts))
            found[name].append(Speed(*bare))
        before = load.services.cpu_seconds("worker")
        seconds = seconds_of(load.run(server, IN_FLIGHT))
        cpu = load.services.cpu_seconds("worker") - before
        found["seedbed"].append(Speed(load.prompts / seconds, cpu / load.prompts * 1000))
    return found


async def _bare(name: str, url: str, calls: int) -> tuple[float, float]:
    async with CLIENTS[name](url, IN_FLIGHT) as call:
        await call()  # connections and imports are not what is measured
        return await speed(call, calls, IN_FLIGHT)


def ideal_seconds(calls: int, in_flight: int, mean: float, seed: int) -> float:
    """How long a client takes that always has so many calls in flight and spends no time itself."""
    chance = random.Random(seed)
    ends: list[float] = []
    for _ in range(calls):
        begun = heapq.heappop(ends) if len(ends) == in_flight else 0.0
        heapq.heappush(ends, begun + chance.expovariate(1 / mean))
    return max(ends)


def share_of_ideal(run: dict[str, Any]) -> float:
    """What part of a perfect client's speed the slow run reached."""
    ideal = statistics.fmean(
        ideal_seconds(run["calls"], SLOW_IN_FLIGHT, SLOW_SECONDS, seed)
        for seed in range(SIMULATIONS)
    )
    return ideal / seconds_of(run)


def killed(load: Load, script: Path) -> dict[str, int]:
    """Kill the worker half-way."""
    kills = Kills(1)
    with replay_server(script, "--echo", "--latency-ms", str(KILL_LATENCY_MS)) as server:
        run = load.run(server, IN_FLIGHT, kills)
        unstored = server.stats()["samples"] - run["calls"]
    return {
        "repaid_after_kill": kills.repeated(unstored, IN_FLIGHT),
        "in_flight_at_kill": sum(kills.in_flight),
    }


def report(found: dict[str, list[Speed]]) -> dict[str, float]:
    """Print the table of the clients; the figures that compare them."""
    medians = {
        name: Speed(*(statistics.median(values) for values in zip(*speeds, strict=True)))
        for name, speeds in found.items()
    }
    print(f"{'client':<15}{'calls/s':>10}{'CPU s/1000':>12}   rounds, calls/s")
    for name, median in medians.items():
        rounds = " ".join(f"{speed.calls_per_second:.0f}" for speed in found[name])
        print(f"{name:<15}{median.calls_per_second:>10.0f}{median.cpu_per_1000:>12.2f}   {rounds}")
    ours, openai, aiohttp = (medians[name] for name in ("seedbed", *BARE))
    return {
        "calls_per_second": ours.calls_per_second,
        "ratio_openai_client": ours.calls_per_second / openai.calls_per_second,
        "ratio_aiohttp": ours.calls_per_second / aiohttp.calls_per_second,
        "cpu_s_per_1000": ours.cpu_per_1000,
        "cpu_ratio_openai_client": ours.cpu_per_1000 / openai.cpu_per_1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    add_script_option(parser)
    options = parser.parse_args()
    script: Path = options.server_script
    skip_without(script)
    with running_services(concurrency=1) as services:
        load = Load(services, options.prompts)
        with replay_server(script, "--echo") as server:
            figures = report(at_once(load, server, options.rounds))
        slow = ("--echo", "--latency-ms", str(SLOW_SECONDS * 1000))
        with replay_server(script, *slow) as server:
            figures["share_of_ideal_2s"] = share_of_ideal(load.run(server, SLOW_IN_FLIGHT))
        figures["peak_mb"] = services.peak_mb("worker")
        figures |= killed(load, script)
    for name, value in figures.items():
        print(f"{name:<24}{value:>10.3f}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

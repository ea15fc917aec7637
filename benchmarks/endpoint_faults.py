"""A run against a server with every fault at once, its worker killed on the way.

    python -m benchmarks.endpoint_faults [--seeds 2000] [--kills 2] [--server-script FILE]

The replay server answers everything with one text and injects each of its faults into one in
twenty requests: 429, 500, a closed connection, no answer at all, a body that is no JSON, a text
that is cut off, an empty text. Seeds have no answers of their own, so that a reference and a weak
model, both on that server, are asked for two samples each.

    lost                       seeds that are neither scored nor failed at the end
    unexplained                failed seeds without a reason
    faults_counted_as_answers  stored answers that are not the server's whole text, and votes in
                               verdicts beyond those that are
    repeated_beyond_in_flight  answers asked for once more than the kills account for: each kill may
                               repeat what was asked for and not yet stored, at most what the
                               endpoints may have in flight
"""

import argparse
import json
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from backend.embedded import postgres
from benchmarks.ingest import realistic_rows
from benchmarks.kills import Kills, follow
from benchmarks.replay_server import (
    ECHO,
    FAULTS,
    ReplayServer,
    add_script_option,
    replay_server,
    skip_without,
)
from benchmarks.services import Services, running_services

RATE = 0.05
LATENCY_MS = 50
IN_FLIGHT = 64
# Hanging requests are given up after so long.
TIMEOUT_SECONDS = 3
SAMPLES = 2
ROLES = ("reference", "weak")
# Settings of a run that make it ask a fixed number of times.
FIXED: dict[str, Any] = {"stopping": "fixed"} | {f"{role}_samples": SAMPLES for role in ROLES}

# Votes in a verdict against whole answers that are stored: of the weak model for the key, and of
# the reference for its plurality.
MISCOUNTED = """
select count(*)
from teachability t
join lateral (
    select count(*) filter (where e.role = 'weak') as weak,
           count(*) filter (where e.role = 'reference') as reference
    from sample s join endpoint e on e.id = s.endpoint_id
    where s.revision_id = t.revision_id and s.response = %s
) whole on true
where (t.weak -> 0 ->> 'matching')::int > whole.weak
   or (t.plurality ->> 'total')::int - (t.plurality ->> 'unanswered')::int > whole.reference
"""


class Stored:
    """What is in the database, read there: the API has no counts of this kind."""

    def __init__(self, services: Services) -> None:
        self._url = postgres.url(services.folder / "postgres").replace("+psycopg", "")

    def worded(self) -> int:
        """Stored answers that hold any text."""
        return self._count("select count(*) from sample where response <> ''")

    def faults_as_answers(self) -> int:
        """See the heading."""
        not_whole = "select count(*) from sample where response <> %s and answer is not null"
        return self._count(not_whole, ECHO) + self._count(MISCOUNTED, ECHO)

    def _count(self, query: str, *values: str) -> int:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(query, values).fetchone()
        assert row is not None
        return int(row[0])


def push(services: Services, seeds: int) -> None:
    """Seeds without answers."""
    rows = realistic_rows(0, seeds)
    while piece := list(islice(rows, 1000)):
        services.post("/v1/seeds:bulk", [row | {"answer": None} for row in piece])


def start_run(services: Services, server: ReplayServer) -> int:
    """Register the endpoints and start the run."""
    ids = {
        role: services.post(
            "/v1/endpoints",
            {
                "name": role, "base_url": server.base_url, "model": "echo", "role": role,
                "max_in_flight": IN_FLIGHT, "timeout_seconds": TIMEOUT_SECONDS,
            },
        )["id"]
        for role in ROLES
    }  # fmt: skip
    run = {"reference_endpoint_id": ids["reference"], "weak_endpoint_ids": [ids["weak"]], **FIXED}
    return int(services.post("/v1/runs", run)["id"])


def measure(
    services: Services, run: dict[str, Any], server: ReplayServer, repeated: int
) -> dict[str, Any]:
    """What became of the seeds."""
    failed = list(services.pages(f"/v1/runs/{run['id']}/items", state="failed"))
    reasons = Counter(item["reason"] for item in failed)
    return {
        "seeds": run["seeds_total"],
        "scored": run["seeds_scored"],
        "failed": len(failed),
        "lost": run["seeds_total"] - run["seeds_scored"] - len(failed),
        "unexplained": sum(not (item["reason"] or "").strip() for item in failed),
        "faults_counted_as_answers": Stored(services).faults_as_answers(),
        "repeated_beyond_in_flight": repeated,
        "faults": server.faults(),
        "calls": run["calls"],
        "requests": server.stats()["requests"],
        "reasons": dict(reasons.most_common()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=2)
    add_script_option(parser)
    options = parser.parse_args()
    script: Path = options.server_script
    skip_without(script)
    faults = [part for kind in FAULTS for part in ("--fault", f"{kind}={RATE}")]
    kills = Kills(options.kills)
    with (
        replay_server(script, "--echo", "--latency-ms", str(LATENCY_MS), *faults) as server,
        running_services(concurrency=1) as services,
    ):
        push(services, options.seeds)
        stored = Stored(services)

        def unstored() -> int:
            return server.worded_answers() - stored.worded()

        started = time.monotonic()
        run = follow(
            services, start_run(services, server), server,
            kills=kills, unstored=unstored,
        )  # fmt: skip
        seconds = time.monotonic() - started
        repeated = kills.repeated(unstored(), IN_FLIGHT * len(ROLES))
        result = measure(services, run, server, repeated)
    result |= {"in_flight_at_kills": kills.in_flight, "seconds": round(seconds, 1)}
    for name, value in result.items():
        print(f"{name:<26} {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()

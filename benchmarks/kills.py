"""Follow a run to its end, and kill its worker on the way: what is lost, what is asked twice?"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.replay_server import ReplayServer
from benchmarks.services import Services, wait_until

POLL_SECONDS = 0.2


@dataclass
class Kills:
    """The kills of one run.

    Attributes:
        planned: how many, at even steps on the way.
        in_flight: what each found asked for and not stored: all that may be asked again.
    """

    planned: int
    in_flight: list[int] = field(default_factory=list)

    def repeated(self, unstored: int, limit: int) -> int:
        """Answers that were asked for once more than the kills account for.

        Args:
            unstored: answers that the server gave in all and that are not stored.
            limit: the most that may be in flight at once.
        """
        return unstored - sum(min(count, limit) for count in self.in_flight)


def follow(
    services: Services,
    run_id: int,
    server: ReplayServer,
    *,
    kills: Kills,
    unstored: Callable[[], int],
) -> dict[str, Any]:
    """Wait for the end of the run.

    Args:
        services: the worker's.
        run_id: the run.
        server: what it asks.
        kills: is filled in.
        unstored: answers that the server has given and that are not stored.

    Returns:
        The run.

    Raises:
        RuntimeError: it ended otherwise than finished.
    """
    while True:
        run: dict[str, Any] = services.get(f"/v1/runs/{run_id}")
        if run["state"] == "finished":
            return run
        if run["state"] != "running":
            raise RuntimeError(f"the run is {run['state']}: {run['note']}")
        done = len(kills.in_flight)
        step = run["seeds_total"] * (done + 1) / (kills.planned + 1)
        if done < kills.planned and run["seeds_scored"] + run["seeds_failed"] > step:
            services.kill("worker")
            wait_until(server.is_drained, "the replay server's open requests")
            kills.in_flight.append(unstored() - sum(kills.in_flight))
            services.start_worker()
        time.sleep(POLL_SECONDS)

"""Where training runs are started: one small interface for four places.

Every launcher can be asked twice to start the same run, and starts it once: what it needs to find
the run again is stored before anything is started.
"""

from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

Handle = dict[str, Any]


class LaunchFailed(Exception):
    """It cannot be started there, or not be asked about; the text says why, for a person."""


class LaunchPlan(NamedTuple):
    """What is to be started.

    Attributes:
        run_id: number of the run.
        folder: of this attempt; launchers keep their own files there.
        recipe: the YAML file, in the folder of the run.
        output: where training writes.
        kind: `sft` or `grpo`.
        target: where to train, as the API took it.
        python: of the environment that trains.
    """

    run_id: int
    folder: Path
    recipe: Path
    output: Path
    kind: str
    target: dict[str, Any]
    python: Path


class Look(NamedTuple):
    """How a started run stands.

    Attributes:
        state: `waiting` for machines, `running`, `ended`, or `unseen` where only its files tell.
        exit_code: None where it is not known.
        note: for whoever follows.
        cause: of the end, where the launcher knows it better than the log.
        lost: it has ended, and nobody knows how; of `unseen`, that nobody will know any more.
        host: of several, the one by which it failed.
    """

    state: Literal["waiting", "running", "ended", "unseen"]
    exit_code: int | None = None
    note: str | None = None
    cause: str | None = None
    lost: bool = False
    host: str | None = None


class Launcher(Protocol):
    """A place to train."""

    def announce(self, plan: LaunchPlan) -> Handle:
        """By what a run will be found; stored before `start`."""

    def start(self, plan: LaunchPlan, handle: Handle) -> Handle:
        """Start it, unless that was done before; the handle with `begun`.

        Raises:
            LaunchFailed: it cannot be started.
        """

    def poll(self, plan: LaunchPlan, handle: Handle) -> Look:
        """How it stands.

        Raises:
            LaunchFailed: nobody answers at the moment.
        """

    def cancel(self, plan: LaunchPlan, handle: Handle) -> str | None:
        """End it, whether it was begun or not; what is left to do for a person, if anything.

        Raises:
            LaunchFailed: it could not be ended at the moment.
        """

"""Training on this machine."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from backend.embedded.folders import ROOT, Busy, lock
from backend.embedded.ports import free_port
from backend.training_runs.devices import PORT
from workers.launchers import Handle, LaunchFailed, LaunchPlan, Look
from workers.launchers.keeper import EXIT, LOCK, LOG, PROCESS, write_whole
from workers.launchers.processes import end, identity, members

_START_SECONDS: Final = 20.0
# Launchers need some time to end what they have started, on other hosts too.
_PATIENCE_SECONDS: Final = 5.0


class LocalLauncher:
    """Starts a keeper, which outlives us, and finds it again by its number and its start."""

    def announce(self, plan: LaunchPlan) -> Handle:
        """Only workers of this host can see its processes."""
        log = plan.folder.relative_to(plan.recipe.parent) / LOG
        return {"host": socket.gethostname(), "log": str(log)}

    def start(self, plan: LaunchPlan, handle: Handle) -> Handle:
        """Start the keeper, or find the one that is there."""
        if not sys.platform.startswith("linux"):
            raise LaunchFailed("training on this machine needs Linux")
        if _read(plan.folder / PROCESS) is None:
            _start_keeper(plan, self.where(plan, handle))
        deadline = time.monotonic() + _START_SECONDS
        while (process := _read(plan.folder / PROCESS)) is None:
            if time.monotonic() > deadline:
                said = (plan.folder / "keeper.log").read_text("utf-8", "replace")[-500:]
                raise LaunchFailed(f"the training process did not come up: {said}")
            time.sleep(0.02)
        if not process:
            raise LaunchFailed("it was cancelled before it began")
        return {**handle, "pid": process["pid"], "started": process["started"], "begun": True}

    def where(self, plan: LaunchPlan, handle: Handle) -> list[str]:
        """What `training.launch` is told of devices and port."""
        port = handle.get("port") or free_port(PORT)
        gpus = [] if handle.get("devices") is None else ["--gpus", _listed(handle["devices"])]
        return ["--devices", str(plan.target["devices"]), "--port", str(port), *gpus]

    def poll(self, plan: LaunchPlan, handle: Handle) -> Look:
        """Whether its keeper lives; how it ended, if it could still say so."""
        alive = _is_alive(handle)
        # After that look: a keeper says how it ended before it ends.
        ended = _read(plan.folder / EXIT)
        if ended is not None:
            return Look("ended", ended["exit_code"])
        if alive:
            return Look("running")
        if _identity_is_free(handle):
            end(handle["pid"], _PATIENCE_SECONDS)
        return Look("ended", lost=True)

    def cancel(self, plan: LaunchPlan, handle: Handle) -> str | None:
        """End the keeper and all that it started; one that is just coming up is waited for."""
        if not handle.get("begun"):
            if _forestalled(plan.folder):
                return None
            handle = self.start(plan, handle)
        if _is_alive(handle) or _identity_is_free(handle):
            end(handle["pid"], _PATIENCE_SECONDS)
        return None


def environment() -> dict[str, str]:
    """What training may know of our environment: no database, no keys of Seedbed."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SEEDBED_")}


def _start_keeper(plan: LaunchPlan, where: list[str]) -> None:
    keeper = [sys.executable, "-m", "workers.launchers.keeper", str(plan.folder)]
    command = [str(plan.python), "-m", "training.launch", str(plan.recipe), *where]
    with (plan.folder / "keeper.log").open("ab") as log:
        subprocess.run(
            [*keeper, *command], cwd=ROOT, env=environment(), check=False,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=_START_SECONDS,
        )  # fmt: skip


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _forestalled(folder: Path) -> bool:
    """Take the place of a keeper that has not come up, so that none can any more."""
    try:
        with lock(folder / LOCK):
            if _read(folder / PROCESS) is None:
                write_whole(folder / PROCESS, {})
            return not _read(folder / PROCESS)
    except Busy:
        return False


def _is_alive(handle: Handle) -> bool:
    return bool(identity(handle["pid"]) == handle["started"])


def _identity_is_free(handle: Handle) -> bool:
    """Whether no other process has its number: what is left of its session is its own then.

    A number is not given again as long as a session is called by it.
    """
    return identity(handle["pid"]) is None and bool(members(handle["pid"]))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return said

"""The folder of one running whole: its lock, and what a second caller may know of it.

`supervisor.lock` is held by the supervisor alone, `run.lock` by it and all that it started. So a
second start tells "it is running" from "something of a killed run is left", and finds what is.
"""

import contextlib
import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from backend.embedded.folders import Busy, is_locked, lock

LEFTOVER_PATIENCE = 15.0  # seconds for the parts of a killed run to end by themselves


class AlreadyRunning(RuntimeError):
    """A supervisor runs in this home; environment: what it gives to its parts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__("already running")
        self.environment = environment


def home_folder() -> Path:
    """SEEDBED_HOME, or `.seedbed` in the current folder."""
    return Path(os.environ.get("SEEDBED_HOME", ".seedbed")).expanduser().resolve()


@contextlib.contextmanager
def claimed(home: Path) -> Iterator[IO[str]]:
    """Hold a home; yields the lock that all parts are to inherit.

    Ends what is left of a killed run. Raises AlreadyRunning.
    """
    home.mkdir(parents=True, exist_ok=True)
    try:
        supervisor = lock(_supervisor_lock(home), patience=0.5)  # readers hold it for moments
    except Busy:
        raise AlreadyRunning(read_environment(home)) from None
    with supervisor, _lock_after_leftovers(home / "run.lock") as run:
        try:
            yield run
        finally:
            _environment_file(home).unlink(missing_ok=True)


def write_environment(home: Path, environment: Mapping[str, str]) -> None:
    """Publish the variables of this run to its owner's other commands."""
    path = _environment_file(home)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dict(environment), file, indent=1)


def read_environment(home: Path) -> dict[str, str]:
    """The variables of the run in this home; empty where none runs."""
    if not is_locked(_supervisor_lock(home)):
        return {}
    try:
        return dict(json.loads(_environment_file(home).read_text()))
    except (FileNotFoundError, json.JSONDecodeError):  # it is just starting
        return {}


def _lock_after_leftovers(path: Path) -> IO[str]:
    try:
        return lock(path, LEFTOVER_PATIENCE)
    except Busy:
        for process in _holders(path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    return lock(path, LEFTOVER_PATIENCE)


def _holders(path: Path) -> list[int]:
    """The processes that have a file open, other than this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if entry.readlink() == path.resolve():
                found.append(int(entry.parts[2]))
    return [process for process in set(found) if process != os.getpid()]


def _supervisor_lock(home: Path) -> Path:
    return home / "supervisor.lock"


def _environment_file(home: Path) -> Path:
    return home / "run.json"

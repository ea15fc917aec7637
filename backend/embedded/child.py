"""A part of the running whole, and the process that is it just now."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from backend.embedded.lifetime import spawn

FIRST_PAUSE = 0.5  # seconds before the first restart, doubled each time
LONGEST_PAUSE = 10.0
STEADY = 30.0  # seconds of running well after which earlier deaths no longer count


@dataclass(frozen=True)
class Part:
    """What is to run: a command, how to see that it is ready, and what must be ready before.

    once: it is done when it ends with 0. essential: the whole needs it; without it the rest stops.
    address: where it is found, for the terminal. Times in seconds.
    """

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    after: Sequence[str] = ()
    once: bool = False
    essential: bool = True
    address: str = ""
    start_patience: float = 120.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_patience: float = 10.0


class State(Enum):
    WAITING = auto()  # for other parts, or for the pause before a restart
    STARTING = auto()
    READY = auto()
    DONE = auto()  # ran once, well
    FAILED = auto()


@dataclass
class Child:
    """A part's process, its log and its history."""

    part: Part
    log: Path
    state: State = State.WAITING
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0  # in a row, none of them after a steady time
    failed_starts: int = 0  # in a row
    since: float = 0.0  # of the state, on the monotonic clock
    not_before: float = 0.0  # of the next start
    stop_sent: float | None = None
    _log_start: int = 0
    _group_is_gone: bool = False

    def start(self, environment: Mapping[str, str], inherited: Sequence[int]) -> None:
        """Start the process; its output is appended to the log."""
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = spawn(
                self.part.command, log, environment=environment, inherited=inherited
            )
        self._group_is_gone = False
        self.enter(State.STARTING)

    def enter(self, state: State) -> None:
        self.state = state
        self.since = time.monotonic()

    def seconds(self) -> float:
        """How long it has been in its state."""
        return time.monotonic() - self.since

    def exit_code(self) -> int | None:
        """None while it runs or where it was never started."""
        return None if self.process is None else self.process.poll()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def count_death(self) -> float:
        """Note that it died and plan the next start; returns the pause before it, in seconds."""
        was_ready = self.state is State.READY
        self.deaths = 1 if was_ready and self.seconds() > STEADY else self.deaths + 1
        self.failed_starts = 0 if was_ready else self.failed_starts + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self.deaths - 1))
        self.not_before = time.monotonic() + pause
        self.enter(State.WAITING)
        return pause

    def send(self, chosen: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(chosen)

    def kill_group(self) -> None:
        """Kill the process, if it lives, and all that it left in its group.

        Does so once for each process: later its number may be someone else's.
        """
        if self.process is not None and not self._group_is_gone:
            self._group_is_gone = self.process.poll() is not None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def how_it_ended(self) -> str:
        code = self.exit_code()
        if code is None:
            return "did not become ready in time"
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"

    def last_lines(self, count: int = 12) -> list[str]:
        """The end of what this process wrote."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read()[-20_000:].decode(errors="replace").splitlines()[-count:]

"""Starts parts in order, watches them, restarts what dies, and stops them in reverse order.

One loop, no threads. Children end with the supervisor however it ends (`lifetime`), and each holds
the lock of the home folder for as long as it lives (`home`).
"""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from backend.embedded.child import Child, Part, State
from backend.embedded.terminal import Terminal

FAILED_STARTS = 3  # in a row, until a part counts as one that can't start
STEP = 0.1  # seconds between two looks


class Supervisor:
    """Runs parts until it is asked to stop, or one of them can't start."""

    def __init__(
        self,
        parts: Sequence[Part],
        logs: Path,
        environment: Mapping[str, str],
        terminal: Terminal,
        inherited: Sequence[int] = (),
    ) -> None:
        """logs: the folder of the parts' logs. inherited: open files that every part keeps."""
        logs.mkdir(parents=True, exist_ok=True)
        self.children = {part.name: Child(part, logs / f"{part.name}.log") for part in parts}
        self.environment = environment
        self.terminal = terminal
        self.inherited = inherited
        self.announced = False
        self.stop_requests = 0

    def run(self, when_ready: Callable[[], None] = lambda: None) -> int:
        """Returns the exit code: 0 after SIGINT, SIGTERM or SIGHUP, 1 when a part can't start.

        when_ready: called once, when all essential parts are ready and before the others start.
        """
        for chosen in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(chosen, self._request_stop)
        self._keep_previous_logs()
        began = time.monotonic()
        with self.terminal:
            try:
                while not self.stop_requests:
                    self.step()
                    if any(self._is_fatal(child) for child in self.children.values()):
                        return 1
                    if not self.announced and self._all_ready():
                        self.announced = True
                        self.terminal.busy("", [], 0)
                        when_ready()
                    elif not self.announced:
                        self._show_starting(time.monotonic() - began)
                    time.sleep(STEP)
                return 0
            finally:
                self.stop()

    def step(self) -> None:
        """One look at every part."""
        for child in self.children.values():
            if child.state is State.WAITING:
                self._start_when_due(child)
            elif child.state in (State.STARTING, State.READY):
                self._look_after(child)

    def stop(self) -> None:
        """Stop everything, dependants first, each within its own patience."""
        began = time.monotonic()
        while running := [child for child in self.children.values() if child.is_running()]:
            for child in running:
                if not self._has_running_dependants(child):
                    self._stop_one(child)
            names = [child.part.name for child in running]
            self.terminal.busy("stopping (Ctrl-C again: at once)", names, time.monotonic() - began)
            time.sleep(STEP / 4)
        for child in self.children.values():
            child.kill_group()

    def _start_when_due(self, child: Child) -> None:
        before = (self.children[name] for name in child.part.after)
        if time.monotonic() < child.not_before or not (child.part.essential or self.announced):
            return
        if all(other.state in (State.READY, State.DONE) for other in before):
            child.start(self.environment, self.inherited)
            if not child.part.essential:
                self.terminal.in_background(child.part.name, child.log)

    def _look_after(self, child: Child) -> None:
        code = child.exit_code()
        if child.part.once and code == 0:
            self.terminal.ready(child.part.name, child.seconds())
            child.kill_group()  # what it may have left behind; so below
            child.enter(State.DONE)
        elif code is not None:
            self._bury(child)
        elif child.state is State.STARTING and not child.part.once:
            if child.part.is_ready():
                self.terminal.ready(child.part.name, child.seconds(), child.part.address)
                child.enter(State.READY)
                child.failed_starts = 0
            elif child.seconds() > child.part.start_patience:
                self._bury(child)

    def _bury(self, child: Child) -> None:
        """Restart it after a pause, or give up on it."""
        how = child.how_it_ended()
        pause = child.count_death()
        child.kill_group()
        if child.part.once or child.failed_starts >= FAILED_STARTS:
            child.enter(State.FAILED)
            self.terminal.failed(child.part.name, how, child.last_lines(), child.log)
        else:
            self.terminal.died(child.part.name, how, pause)

    def _stop_one(self, child: Child) -> None:
        if child.stop_sent is None:
            child.stop_sent = time.monotonic()
            child.send(child.part.stop_signal)
        elif self.stop_requests > 1 or (
            time.monotonic() - child.stop_sent > child.part.stop_patience
        ):
            child.kill_group()

    def _has_running_dependants(self, child: Child) -> bool:
        return any(
            other.is_running() and child.part.name in other.part.after
            for other in self.children.values()
        )

    def _is_fatal(self, child: Child) -> bool:
        return child.part.essential and child.state is State.FAILED

    def _all_ready(self) -> bool:
        return all(
            child.state in (State.READY, State.DONE)
            for child in self.children.values()
            if child.part.essential
        )

    def _show_starting(self, seconds: float) -> None:
        names = [name for name, child in self.children.items() if child.state is State.STARTING]
        self.terminal.busy("starting", names, seconds)

    def _keep_previous_logs(self) -> None:
        for child in self.children.values():
            if child.log.exists():
                child.log.replace(child.log.with_suffix(".previous.log"))

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        """The second request makes it a hard stop."""
        self.stop_requests += 1

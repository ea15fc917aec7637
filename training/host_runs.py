"""Follows a run's processes on all its hosts: what they print, and how they end.

Where one host fails the others wait for it in vain, so they are ended; `failed_hosts.json` beside
the checkpoints says which failed, the one that the others failed by at its head. Where this process
is ended, by whatever means, so are those on the hosts: see `training.on_host`.
"""

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from training.failures import FAILURE
from training.hosts import UNREACHED, Host, started
from training.on_host import HOST

FAILED_HOSTS: Final = "failed_hosts.json"
_BEAT_SECONDS: Final = 10.0
# After so long without a beat a host gives up: nobody holds the line any more.
_SILENCE_SECONDS: Final = 300.0
# What fails because of the first to fail does so within this time, before it is ended.
_GRACE_SECONDS: Final = 3.0
_END_SECONDS: Final = 30.0


class Ended(NamedTuple):
    """A host whose processes have ended; `last_words` are the last that it printed."""

    host: str
    exit_code: int
    last_words: str


class HostRun:
    """A command on each host.

    Args:
        hosts: one command runs on each.
        commands: theirs.
        marks: by which their processes are known.
        environment: what all of them are told.
    """

    def __init__(
        self, hosts: Sequence[Host], commands: Sequence[list[str]], marks: Sequence[str],
        environment: dict[str, str],
    ) -> None:  # fmt: skip
        self._given = list(zip(hosts, commands, marks, strict=True))
        self._environment = environment
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ends: queue.Queue[Ended] = queue.Queue()
        self._printing = threading.Lock()

    def follow(self, output: Path) -> int:
        """Start all, and wait for their end; the status of the host that failed, else 0."""
        signal.signal(signal.SIGTERM, _leave)
        try:
            for host, command, mark in self._given:
                self._start(host, command, mark)
            failed = self._failed()
        finally:
            self._let_go()
        if not failed:
            return 0
        ordered = _by_guilt(failed, output)
        output.mkdir(parents=True, exist_ok=True)
        said = [ended._asdict() for ended in ordered]
        (output / FAILED_HOSTS).write_text(json.dumps(said, indent=2), "utf-8")
        first = ordered[0]
        sys.stdout.write(f"{first.host} has ended with status {first.exit_code}; so have all\n")
        return first.exit_code

    def _start(self, host: Host, command: list[str], mark: str) -> None:
        process = started(host, mark)
        self._processes[host.name] = process
        told = {**self._environment, HOST: host.name}
        said = {"run": command, "environment": told, "patience": _SILENCE_SECONDS}
        _send(process, json.dumps(said).encode() + b"\n")
        threading.Thread(target=self._read, args=(host.name, process), daemon=True).start()

    def _read(self, name: str, process: "subprocess.Popen[bytes]") -> None:
        last = ""
        assert process.stdout is not None
        for printed in process.stdout:
            # A line that was written over is as it was at last: so it begins with its host.
            line = printed.rstrip(b"\r\n").rpartition(b"\r")[2]
            last = line.decode("utf-8", "replace").strip() or last
            with self._printing:
                sys.stdout.buffer.write(name.encode() + b": " + line + b"\n")
                sys.stdout.buffer.flush()
        self._ends.put(Ended(name, process.wait(), last))

    def _failed(self) -> list[Ended]:
        """Those that have failed, in their order; waits for all, or some time after the first."""
        left, failed, until = len(self._given), list[Ended](), float("inf")
        while left and time.monotonic() < until:
            try:
                ended = self._ends.get(timeout=min(_BEAT_SECONDS, until - time.monotonic()))
            except queue.Empty:
                for process in self._processes.values():
                    _send(process, b"\n")
                continue
            left -= 1
            if ended.exit_code:
                failed.append(ended)
                until = min(until, time.monotonic() + _GRACE_SECONDS)
        return failed

    def _let_go(self) -> None:
        """Have the hosts end what runs there, and wait for that."""
        for process in self._processes.values():
            with contextlib.suppress(BrokenPipeError):
                _input(process).close()
        until = time.monotonic() + _END_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def forget_failed_hosts(output: Path) -> None:
    """Take away what an earlier attempt ended by."""
    (output / FAILED_HOSTS).unlink(missing_ok=True)


def _by_guilt(failed: list[Ended], output: Path) -> list[Ended]:
    """First whom the others failed by.

    That a process was killed, or SSH was cut, follows from no other's failure. Of the rest the
    first that fell says so itself, in `failure.json`.
    """
    try:
        said: Any = json.loads((output / FAILURE).read_text("utf-8")).get("host")
    except (OSError, ValueError, AttributeError):
        said = None

    def rank(ended: Ended) -> int:
        if ended.exit_code == UNREACHED or ended.exit_code > 128:
            return 0
        return 1 if ended.host == said else 2

    return sorted(failed, key=rank)


def _send(process: "subprocess.Popen[bytes]", words: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # it has ended, and will say so
        _input(process).write(words)
        _input(process).flush()


def _input(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _leave(number: int, _: object) -> None:
    sys.exit(128 + number)

"""Starts a sandbox's process and reads what it says, up to a limit and a deadline."""

import contextlib
import json
import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_READ_BYTES = 65_536
# For a guard that was asked to end.
_END_SECONDS = 5.0


class Said(NamedTuple):
    """What came out of a process.

    Attributes:
        code: its exit code.
        stdout, stderr, report: bytes of the three streams; the last is the guard's own.
        too_much: a stream went over the limit, and the process was ended.
        too_long: the deadline passed, and the process was killed.
    """

    code: int
    stdout: bytes
    stderr: bytes
    report: bytes
    too_much: bool
    too_long: bool


def observe(
    command: Sequence[str], request: Mapping[str, Any], *, seconds: float, most_bytes: int
) -> Said:
    """Run a command that reads a request as JSON from stdin, until it and its group are gone.

    Args:
        command: program and arguments.
        request: gets `report`, the number of the file to write messages to.
        seconds: the most that it may take.
        most_bytes: the most that it may write to each stream.
    """
    report, writing = os.pipe()
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=[writing], env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
    except BaseException:
        os.close(report)
        raise
    finally:
        os.close(writing)
    with child, contextlib.ExitStack() as stack:
        stack.callback(os.close, report)
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError), child.stdin as stdin:
            stdin.write(json.dumps({**request, "report": writing}).encode())
        return _Watch(child, report, most_bytes).until(time.monotonic() + seconds)


def _wait(process_id: int, seconds: float) -> None:
    """Until the process is over, or so long; it stays to be waited for."""
    process = os.pidfd_open(process_id)
    try:
        select.select([process], [], [], seconds)
    finally:
        os.close(process)


def _end_group(process_id: int) -> None:
    # Before the process is waited for: until then its number is nobody else's.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process_id, signal.SIGKILL)


class _Watch:
    """Reads three streams and waits for the end."""

    def __init__(self, child: "subprocess.Popen[bytes]", report: int, most_bytes: int) -> None:
        assert child.stdout is not None
        assert child.stderr is not None
        self._child = child
        self._streams = {child.stdout.fileno(): b"", child.stderr.fileno(): b"", report: b""}
        self._most = most_bytes

    def until(self, deadline: float) -> Said:
        """Wait for the end, or bring it about."""
        ended = os.pidfd_open(self._child.pid)
        too_long = False
        try:
            with selectors.DefaultSelector() as ready:
                for stream in (*self._streams, ended):
                    os.set_blocking(stream, False)
                    ready.register(stream, selectors.EVENT_READ)
                is_over = False
                while not (is_over or self._too_much or too_long):
                    events = ready.select(max(deadline - time.monotonic(), 0))
                    too_long = not events
                    for key, _ in events:
                        if key.fd == ended:
                            is_over = True
                        elif not self._read(key.fd):
                            ready.unregister(key.fd)
        finally:
            os.close(ended)
        return self._ended(too_long)

    @property
    def _too_much(self) -> bool:
        return any(len(content) > self._most for content in self._streams.values())

    def _read(self, stream: int) -> bool:
        """Take what is there; whether there may be more."""
        try:
            part = os.read(stream, _READ_BYTES)
        except BlockingIOError:
            return True
        self._streams[stream] += part
        return bool(part)

    def _ended(self, too_long: bool) -> Said:
        too_much = self._too_much
        if too_much:  # the guard ends the program and what belongs to it
            self._child.terminate()
            _wait(self._child.pid, _END_SECONDS)
        _end_group(self._child.pid)
        code = self._child.wait()
        for stream in () if too_much else self._streams:
            self._drain(stream)
        stdout, stderr, report = (content[: self._most] for content in self._streams.values())
        return Said(code, stdout, stderr, report, too_much, too_long)

    def _drain(self, stream: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while len(self._streams[stream]) <= self._most:
                part = os.read(stream, _READ_BYTES)
                if not part:
                    return
                self._streams[stream] += part

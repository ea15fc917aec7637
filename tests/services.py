"""Real services as child processes, for tests of whole flows."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def eventually(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Poll until something holds; the deadline is for hopeless cases, not for timing."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(0.1)


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str | None], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A child in its own process group, which is ended with the block; None unsets a variable."""
    merged = {**os.environ, **environment}
    given = {name: value for name, value in merged.items() if value is not None}
    program = PROGRAMS / command[0]
    arguments = [str(program) if program.exists() else command[0], *command[1:]]
    with log.open("wb") as output:
        child = subprocess.Popen(
            arguments, cwd=ROOT, env=given, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield child
        finally:
            stop(child)


def stop(child: "subprocess.Popen[bytes]", seconds: float = 15.0) -> None:
    """End the child's whole group: asked first, then killed."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is None:
            os.killpg(child.pid, ending)
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return

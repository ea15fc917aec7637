"""Servers that own a folder: at most one each, started by anyone, stopped by anyone.

The process that becomes the server locks a file in the folder, writes its number there and passes
the lock on by inheritance. So "is anything of it still alive" and "which process" have exact
answers, also after a crash, when process numbers have been given to others.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.embedded.folders import Busy, is_locked, lock
from backend.embedded.lifetime import spawn


class ServerFailed(RuntimeError):
    """A server did not start or did not stop; the message ends with its last log lines."""


def start_server(
    folder: Path,
    command: Sequence[str],
    is_ready: Callable[[], bool],
    *,
    outlive: bool,
    patience: float,
) -> None:
    """Run `command` unless the folder's server is ready, and wait until it is.

    outlive: whether the server goes on when the process that started it ends.
    Raises ServerFailed after `patience` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with lock(folder / "starter.lock", patience):
        if is_ready():
            return
        arguments = [] if outlive else [f"--parent={os.getpid()}"]
        with log_file(folder).open("ab") as log:
            process = spawn([*command, *arguments], log, tied=not outlive)
        deadline = time.monotonic() + patience
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                _give_up(folder, process)
            time.sleep(0.02)
    process.returncode = 0  # nobody waits for it: whoever stops it goes by the lock


def stop_server(folder: Path, signals: Sequence[signal.Signals], patience: float) -> None:
    """Send the signals, each followed by a wait of `patience` seconds, until the server is gone."""
    for chosen in signals:
        if not is_locked(lock_file(folder)):
            return
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.kill(int(lock_file(folder).read_text()), chosen)
        with contextlib.suppress(Busy):
            lock(lock_file(folder), patience).close()
    if is_locked(lock_file(folder)):
        raise ServerFailed(f"The server in {folder} does not stop.\n{_last_lines(folder)}")


def hold(folder: Path, patience: float = 60.0) -> None:
    """Take the folder for this process and what it becomes or starts; see above.

    Waits for what is left of an earlier server; raises Busy after `patience` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with lock(lock_file(folder), patience) as held:
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        os.set_inheritable(os.dup(held.fileno()), True)  # this one stays open


def lock_file(folder: Path) -> Path:
    return folder / "server.lock"


def log_file(folder: Path) -> Path:
    return folder / "server.log"


def _give_up(folder: Path, process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    raise ServerFailed(f"The server in {folder} did not start.\n{_last_lines(folder)}")


def _last_lines(folder: Path, count: int = 10) -> str:
    log = log_file(folder)
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) if log.exists() else ""

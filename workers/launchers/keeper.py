"""Keeps one training command: its own session, its log, and how it ended.

    python -m workers.launchers.keeper FOLDER COMMAND ...

It outlives the worker that started it: workers come and go, and read `process.json` and
`exit.json` in the run's folder. Of two that are started the second finds the lock or the file of
the first, and goes.
Standard library only: it stays in memory for days.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from workers.launchers.processes import end, identity

PROCESS: Final = "process.json"
EXIT: Final = "exit.json"
LOG: Final = "train.log"
LOCK: Final = "keeper.lock"
_PATIENCE_SECONDS: Final = 5.0
_PR_SET_CHILD_SUBREAPER: Final = 36


def write_whole(path: Path, said: dict[str, Any]) -> None:
    """Write JSON so that a reader finds all of it or nothing, also after a loss of power."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def keep(folder: Path, command: list[str]) -> None:
    """Run the command to its end, unless this folder has had one."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if (folder / PROCESS).exists():
            return
        # Handled, not ignored: a command would inherit that. Whoever cancels ends the command too.
        signal.signal(signal.SIGTERM, lambda *_: None)
        # What loses its parent falls to us, and can be found and ended.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        write_whole(
            folder / PROCESS,
            {"host": socket.gethostname(), "pid": os.getpid(), "started": identity(os.getpid())},
        )
        code = _run(folder / LOG, command)
        end(os.getpid(), _PATIENCE_SECONDS, besides={os.getpid()})
        write_whole(folder / EXIT, {"exit_code": code, "time": time.time()})


def _run(path: Path, command: list[str]) -> int:
    with path.open("ab") as log:
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        except OSError as error:
            log.write(f"{command[0]} cannot be started: {error}\n".encode())
            return 127
        return child.wait()


def main() -> None:
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    if os.fork():  # whoever started us need not wait for us, nor bury us
        os._exit(0)
    os.setsid()
    with contextlib.suppress(KeyboardInterrupt):
        keep(folder, command)


if __name__ == "__main__":
    main()

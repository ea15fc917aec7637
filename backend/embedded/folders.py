"""Where the embedded parts keep their sockets and locks."""

import fcntl
import hashlib
import os
import stat
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: parts are started from here, whatever the current folder is."""

LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel's limit is 107 on Linux and 103 on macOS."""


class Busy(RuntimeError):
    """Another process holds the lock."""


def lock(path: Path, patience: float = 0.0) -> IO[str]:
    """An exclusive lock on a file, held until every process that inherited it has ended.

    patience: seconds to wait for a holder. Raises Busy after that.
    """
    file = path.open("a")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= deadline:
                file.close()
                raise Busy(f"{path} is held by another process") from None
            time.sleep(0.02)


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock."""
    if not path.exists():
        return False
    try:
        lock(path).close()
    except Busy:
        return True
    return False


def socket_folder(folder: Path, socket_name: str) -> Path:
    """A private folder for a Unix socket: within `folder`, or a short one where that is too long.

    The short folder's name follows from the long one's, so that every process finds the same.
    A comma also leads there: libpq reads a host with a comma as two hosts.
    Raises PermissionError where someone else made the short folder before us.
    """
    chosen = folder.resolve() / "socket"
    if len(os.fsencode(chosen / socket_name)) > LONGEST_SOCKET_PATH or "," in str(chosen):
        digest = hashlib.sha256(os.fsencode(chosen)).hexdigest()[:16]
        chosen = Path("/tmp") / f"seedbed-{os.geteuid()}-{digest}"
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = chosen.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{chosen} belongs to someone else; remove it")
    chosen.chmod(0o700)
    return chosen

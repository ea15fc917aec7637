"""Children that end when their parent does, also when it is killed with no chance to say so."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

from backend.embedded.folders import ROOT

PR_SET_PDEATHSIG = 1

# Looked up before any fork: a child between fork and exec should do as little as it can.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, ending: signal.Signals) -> None:
    """Have the kernel send a signal to this process when its parent ends; see prctl(2).

    It survives exec, but not a change of user: call it after that. The parent's thread that
    started this process counts as the parent. Does nothing but on Linux.
    """
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(ending), 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), ending)


def spawn(
    command: Sequence[str],
    log: IO[bytes],
    *,
    tied: bool = True,
    environment: Mapping[str, str] | None = None,
    inherited: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a command from the checkout, in its own session, with its output in `log`.

    tied: whether it is to end (by SIGTERM) with this process. inherited: open files it keeps.
    """
    parent = os.getpid()
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=inherited,
        preexec_fn=(lambda: die_with(parent, signal.SIGTERM)) if tied else None,
    )

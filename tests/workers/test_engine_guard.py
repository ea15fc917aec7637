"""Engines do not outlive a worker that is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.embedded.waiting import wait_until
from workers.engine_guard import EngineGuard

WORKER = """
import subprocess, sys
from workers.engine_guard import EngineGuard
engine = subprocess.Popen(["sleep", "600"], start_new_session=True)
guard = EngineGuard([engine.pid])
print(engine.pid, flush=True)
sys.stdin.read()
"""


def _lives(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_engine_ends_with_a_worker_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        engine = int(worker.stdout.readline())
        assert _lives(engine)
        worker.kill()
        worker.wait()
        wait_until(lambda: not _lives(engine))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_dismissed_guard_leaves_processes_alone() -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        EngineGuard([other.pid]).dismiss()
        assert _lives(other.pid)
        os.kill(other.pid, signal.SIGKILL)

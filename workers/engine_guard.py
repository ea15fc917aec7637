"""Ends the engine processes of a worker that was killed: they hold the GPU, and do not notice.

python -m workers.engine_guard PID [PID ...]    # kills them when its standard input ends
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable

from backend.embedded.folders import ROOT


class EngineGuard:
    """A small process beside this one, which outlives it for a moment."""

    def __init__(self, process_ids: Iterable[int]) -> None:
        command = [sys.executable, "-m", "workers.engine_guard", *map(str, process_ids)]
        # In a session of its own: what is sent to the worker's group does not reach it.
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
        )

    def dismiss(self) -> None:
        """The engine has ended by itself."""
        self._process.kill()
        self._process.communicate()


def main(process_ids: list[int]) -> None:
    """Wait for the end of the worker, whose end of the pipe is then closed."""
    sys.stdin.buffer.read()
    for process_id in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])

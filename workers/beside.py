"""Short steps that a worker takes beside its slots, in threads of its main process.

Slots may be held for days by scoring runs; whoever watches a training run, or cancels one, must not
wait for them.
"""

import shutil
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from backend.jobs.service import QUIET_WORKER_SECONDS, seconds_since_heartbeat
from backend.queue import BESIDE, beside
from workers.training_preflight import training_python

_AT_ONCE: Final = 16


class Beside:
    """Runs steps in threads, at most so many at once; what finds none free is woken again later.

    Args:
        work: takes a job's number, and lets nothing escape.
    """

    def __init__(self, work: Callable[[int], None]) -> None:
        self._work = work
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    def take(self, job_id: int) -> None:
        """Begin a step, and return."""
        if self._free.acquire(blocking=False):
            # Daemons: a worker that is told to stop does not wait, the next one goes on.
            threading.Thread(
                target=self._run, args=(job_id,), name=f"beside-{job_id}", daemon=True
            ).start()

    def _run(self, job_id: int) -> None:
        try:
            self._work(job_id)
        finally:
            self._free.release()


def can_train() -> bool:
    """Whether this machine has what training runs with."""
    return shutil.which(training_python()) is not None


def queues(session: Session) -> Sequence[str]:
    """Whose steps this worker takes: those of its host, and new ones if it can train.

    Where no worker can, any takes them: the preflight says what is missing.
    """
    own = beside(socket.gethostname())
    if can_train():
        return own, BESIDE
    seen = seconds_since_heartbeat(session, queue=BESIDE)
    nobody = seen is None or seen > QUIET_WORKER_SECONDS
    return (own, BESIDE) if nobody else (own,)

"""How far an export is, told while its files are written, several at once."""

import threading
import time
from typing import Final

from backend.database import session_scope
from backend.exports.shards import Shard
from backend.jobs.service import ClaimedJob

_SECONDS: Final = 1.0


class WritingProgress:
    """Counts rows of files at work, and tells the job from time to time; threads may share it.

    Args:
        job: that writes.
        done: rows of files that were whole before.
        total: rows of all files.
    """

    def __init__(self, job: ClaimedJob, done: int, total: int) -> None:
        self.total = total
        self._job, self._before, self._lock = job, done, threading.Lock()
        self._rows: dict[Shard, int] = {}
        self._last = time.monotonic()

    def note(self, shard: Shard, rows: int) -> int:
        """So many rows of a file are written; returns those of all files."""
        with self._lock:
            self._rows[shard] = rows
            return self._before + sum(self._rows.values())

    def tell(self, shard: Shard, rows: int) -> None:
        """The same, and have the job know if it was not told lately.

        Raises:
            LeaseLost: another worker has the job.
        """
        done = self.note(shard, rows)
        with self._lock:
            if time.monotonic() - self._last < _SECONDS:
                return
            self._last = time.monotonic()
        with session_scope() as session:
            self._job.fence(session)
            self._job.progress(session, done, self.total)

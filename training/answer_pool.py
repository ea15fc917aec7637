"""Whether answers are equivalent, in processes that can be killed: algebra may run for ever."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.equivalence import decided_by_rules, equivalent

PAIR_SECONDS: Final = 5.0


class AnswerPool:
    """Compares answers with keys; rules decide nearly all, and a process has the rest.

    Attributes:
        killed: pairs that ran out of time. They count as not equivalent.
    """

    def __init__(self, pair_seconds: float = PAIR_SECONDS) -> None:
        self.killed = 0
        self._seconds = pair_seconds
        self._pool: ProcessPoolExecutor | None = None

    def is_correct(self, answer: str | None, key: str) -> bool:
        """Whether an answer says what the key says; no answer never does."""
        found, wanted = canonical_key(answer), canonical_key(key)
        if found is None or wanted is None:
            return False
        decided = decided_by_rules(found, wanted)
        return self._by_algebra(found, wanted) if decided is None else decided

    def _by_algebra(self, found: AnswerKey, wanted: AnswerKey) -> bool:
        if self._pool is None:
            # The trainer holds threads and devices, which a fork would copy.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn)
        try:
            return self._pool.submit(equivalent, found, wanted).result(self._seconds)
        except (OutOfTime, BrokenProcessPool):
            self.killed += 1
            self.close()
            return False

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._pool is not None:
            for process in (self._pool._processes or {}).values():
                process.kill()
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

"""Decides whether answers are equivalent, in processes that can be killed.

The algebra can run for ever, and the only limit that holds in a thread, under a C loop and in a
task of a Celery worker is the death of a process. A Celery child is a daemonic process, which may
have no children by multiprocessing: ours are plain programs that speak JSON lines.
"""

import asyncio
import atexit
import contextlib
import json
import logging
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import decided_by_rules

log = logging.getLogger("seedbed.equivalence")

PAIR_SECONDS = 5.0
START_SECONDS = 120.0
PAIRS_PER_PROCESS = 2000
CACHED_PAIRS = 100_000

Pair = tuple[AnswerKey, AnswerKey]


class EquivalencePool:
    """Processes that compare answers, started when first needed.

    Threads may share one. A pair that takes longer than the limit is unknown (None), which callers
    take for not equivalent; its process is killed and the pair is not tried again.

    Args:
        processes: how many pairs are worked on at once.
        pair_seconds: the time that a pair may take.
        pairs_per_process: so many pairs, then a fresh process: SymPy's caches grow.

    Attributes:
        killed: pairs that have come to nothing: out of time, or the process died.
    """

    def __init__(
        self,
        processes: int = 2,
        pair_seconds: float = PAIR_SECONDS,
        pairs_per_process: int = PAIRS_PER_PROCESS,
    ) -> None:
        self.killed = 0
        self._pair_seconds = pair_seconds
        self._pairs_per_process = pairs_per_process
        self._places: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self._places.put(None)
        self._known: OrderedDict[Pair, bool | None] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="equivalence")
        self._closed = False

    def decide(self, first: AnswerKey, second: AnswerKey) -> bool | None:
        """Whether two keys say the same, None where it could not be found out in time."""
        by_rules = decided_by_rules(first, second)
        if by_rules is not None:
            return by_rules
        pair = (first, second) if first <= second else (second, first)
        with self._lock:
            if pair in self._known:
                self._known.move_to_end(pair)
                return self._known[pair]
        verdict = self._asked(pair)
        with self._lock:
            self._known[pair] = verdict
            if len(self._known) > CACHED_PAIRS:
                self._known.popitem(last=False)
        return verdict

    async def equivalent(self, first: AnswerKey, second: AnswerKey) -> bool | None:
        """The same for an event loop, which it does not hold up."""
        by_rules = decided_by_rules(first, second)
        if by_rules is not None:
            return by_rules
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.decide, first, second)

    async def decisions(self, pairs: Sequence[Pair]) -> list[bool | None]:
        """The same for several pairs at once."""
        return await asyncio.gather(*(self.equivalent(*pair) for pair in pairs))

    def __call__(self, first: AnswerKey, second: AnswerKey) -> bool:
        """The relation itself, for `plurality` outside of event loops."""
        return self.decide(first, second) is True

    def close(self) -> None:
        """End the processes; those at work as soon as they are back."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(queue.Empty):
            while True:
                process = self._places.get_nowait()
                if process is not None:
                    process.kill()

    def _asked(self, pair: Pair) -> bool | None:
        process = self._places.get()
        try:
            if process is None or process.pairs >= self._pairs_per_process:
                _end(process)
                process = _Process()
            return process.ask(pair, self._pair_seconds)
        except _Lost as loss:
            with self._lock:
                self.killed += 1
            log.warning("%s and %s were not compared: %s", *map(str, pair), loss)
            _end(process)
            process = None
            return None
        finally:
            if self._closed:
                _end(process)
            self._places.put(process)


class _Lost(Exception):
    """A process that did not answer: too slow, or dead."""


class _Process:
    """One child and its pipes."""

    def __init__(self) -> None:
        self.pairs = 0
        self._child = subprocess.Popen(
            [sys.executable, "-m", "workers.equivalence_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._requests, self._replies = self._child.stdin, self._child.stdout
        try:
            self._reply(START_SECONDS)
        except _Lost:
            self.kill()
            raise

    def ask(self, pair: Pair, seconds: float) -> bool | None:
        """The child's verdict.

        Raises:
            _Lost: there was none within the limit.
        """
        self.pairs += 1
        first, second = map(str, pair)
        request = json.dumps({"first": first, "second": second, "seconds": seconds})
        try:
            self._requests.write(request.encode() + b"\n")
            self._requests.flush()
        except BrokenPipeError:
            raise _Lost("the process is dead") from None
        verdict: bool | None = json.loads(self._reply(seconds))
        return verdict

    def kill(self) -> None:
        """End the child and wait until it is gone."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._requests, self._replies):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _reply(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        reply = b""
        with selectors.DefaultSelector() as ready:
            ready.register(self._replies, selectors.EVENT_READ)
            while not reply.endswith(b"\n"):
                if not ready.select(max(deadline - time.monotonic(), 0)):
                    raise _Lost(f"not done in {seconds:g} s")
                part = os.read(self._replies.fileno(), 4096)
                if not part:
                    raise _Lost("the process died")
                reply += part
        return reply


def _end(process: _Process | None) -> None:
    if process is not None:
        process.kill()


def equivalence_pool() -> EquivalencePool:
    """The pool of this process; a forked child has its own."""
    return _pool_of(os.getpid())


@lru_cache(maxsize=1)
def _pool_of(process_id: int) -> EquivalencePool:
    pool = EquivalencePool()
    atexit.register(pool.close)
    return pool

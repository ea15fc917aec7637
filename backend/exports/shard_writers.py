"""Several data files of a version at once, each written by a process of its own.

Rows are made by the interpreter, of which a process has one. A Celery child is a daemonic process,
which may have no children by multiprocessing: ours are plain programs that speak JSON lines.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import orjson

from backend.config import settings
from backend.errors import Conflict
from backend.exports.shard_writing import Order, Written
from backend.exports.shards import Shard

# Each takes half a gigabyte, and the database has to keep up with them.
_MOST_BY_DEFAULT = 4


def writer_count(shards: int) -> int:
    """How many processes write so many files."""
    wanted = settings().export_processes or min(_cores(), _MOST_BY_DEFAULT)
    return max(1, min(wanted, shards))


class ShardWriters:
    """Processes that write data files, started when first needed; they end with this one.

    Args:
        order: what all files have in common.
        count: how many there are; as many threads may write at once.
    """

    def __init__(self, order: Order, count: int) -> None:
        self._order, self._closed, self._lock = order, False, threading.Lock()
        self._started: list[_Writer] = []
        self._free: queue.LifoQueue[_Writer | None] = queue.LifoQueue()
        for _ in range(count):
            self._free.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """When no thread writes any more."""
        self.end()
        for writer in self._started:
            writer.close()

    def write(self, shard: Shard, draft: Path, after_group: Callable[[int], None]) -> Written:
        """As `write_shard` does.

        Raises:
            Conflict: a row cannot be in the export.
            RuntimeError: the process has died, or all were ended.
        """
        writer = self._free.get()
        try:
            writer = writer or self._start()
            return writer.write(shard, draft, after_group)
        except BaseException:
            if writer is not None:
                writer.kill()
                writer = None
            raise
        finally:
            self._free.put(writer)

    def end(self) -> None:
        """End all processes, also those at work, and start no more."""
        with self._lock:
            self._closed = True
            for writer in self._started:
                writer.kill()

    def _start(self) -> "_Writer":
        with self._lock:
            if self._closed:
                raise RuntimeError("no more files are written")
            writer = _Writer(self._order)
            self._started.append(writer)
            return writer


class _Writer:
    """One process and its pipes."""

    def __init__(self, order: Order) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "backend.exports.shard_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        self._ask(order.as_json())

    def write(self, shard: Shard, draft: Path, after_group: Callable[[int], None]) -> Written:
        self._ask({"shard": shard._asdict(), "draft": str(draft.absolute())})
        assert self._child.stdout is not None
        for line in self._child.stdout:
            reply = orjson.loads(line)
            if "refused" in reply:
                raise Conflict(reply["refused"], code=reply["code"])
            if "written" in reply:
                return Written(**reply["written"])
            after_group(reply["rows"])
        raise self._died()

    def kill(self) -> None:
        """End it; whoever reads from it in another thread finds that out."""
        self._child.kill()
        self._child.wait()

    def close(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _ask(self, request: dict[str, Any]) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None

    def _died(self) -> RuntimeError:
        code = self._child.wait()
        return RuntimeError(
            f"a process that wrote rows of the export has ended with {code}; where memory is "
            "short, set SEEDBED_EXPORT_PROCESSES to fewer"
        )


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

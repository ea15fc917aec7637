"""The writer thread of a scoring job: answers wait for no one, commits wait for each other.

Whatever came in while the last transaction was committed goes into the next one. When nothing comes
in, it looks once a second how the run stands.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from backend.database import session_scope
from backend.runs.plan import RunStatus
from backend.runs.shard_recorder import Batch, NewRow, ShardRecorder
from backend.scoring.code_tests import NewTestRun
from backend.scoring.equivalences import NewEquivalence
from backend.scoring.samples import NewSample
from backend.traces.storing import NewTrace

log = logging.getLogger("seedbed.scoring")

LOOK_SECONDS = 1.0
MOST_ITEMS = 1000
# How long a database that is away is waited for, with all answers kept.
PATIENCE_SECONDS = 120.0

Item = (
    NewRow | tuple[int, bool] | tuple[int, float] | tuple[int, str] | Counter[int] | str
)  # fmt: skip
OnCommit = Callable[[Batch, RunStatus], None]


class SampleWriter:
    """Takes answers and finished seeds from the event loop; tells it what is committed.

    The callbacks run in the writer's thread.
    """

    def __init__(
        self,
        recorder: ShardRecorder,
        on_commit: OnCommit,
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._recorder = recorder
        self._on_commit = on_commit
        self._on_error = on_error
        self._items: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sample-writer", daemon=True)
        self._closed = False
        self._broken = threading.Event()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def sample(self, sample: NewSample) -> None:
        """Store a response."""
        self._items.put(sample)

    def equivalence(self, compared: NewEquivalence) -> None:
        """Store whether two answers say the same."""
        self._items.put(compared)

    def tested(self, outcomes: NewTestRun) -> None:
        """Store how a program did; its sample was given before."""
        self._items.put(outcomes)

    def trace(self, trace: NewTrace) -> None:
        """Store what was found out about a response; its sample was given before."""
        self._items.put(trace)

    def complete(self, revision_id: int, *, calibrates: bool) -> None:
        """Judge a revision: all its samples were given before."""
        self._items.put((revision_id, calibrates))

    def waiting(self, revision_id: int, worth: float) -> None:
        """Judge a revision for now; it goes on when its turn comes."""
        self._items.put((revision_id, worth))

    def failed(self, revision_id: int, reason: str) -> None:
        """Give a revision up."""
        self._items.put((revision_id, reason))

    def lost(self, endpoint_id: int, calls: int) -> None:
        """Count calls that brought nothing."""
        self._items.put(Counter({endpoint_id: calls}))

    def halt(self, note: str) -> None:
        """Pause the run and say why."""
        self._items.put(note)

    def close(self) -> None:
        """Write what is left and end; blocks."""
        self._items.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closed:
                batch = self._next_batch()
                status = self._write(batch)
                self._on_commit(batch, status)
        except BaseException as error:  # the loop has to hear of it, whatever it is
            self._on_error(error)

    def _next_batch(self) -> Batch:
        """All that waits now; empty after a second in which nothing came."""
        batch = Batch()
        try:
            self._add(batch, self._items.get(timeout=LOOK_SECONDS))
            for _ in range(MOST_ITEMS):
                self._add(batch, self._items.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _add(self, batch: Batch, item: Item | None) -> None:
        match item:
            case None:
                self._closed = True
            case NewSample() | NewEquivalence() | NewTestRun() | NewTrace():
                batch.add(item)
            case Counter():
                batch.lost.update(item)
            case str():
                batch.halt = item
            case (revision_id, bool() as calibrates):
                batch.complete[revision_id] = calibrates
            case (revision_id, float() as worth):
                batch.waiting[revision_id] = worth
            case (revision_id, reason):
                batch.failed[revision_id] = reason

    def _write(self, batch: Batch) -> RunStatus:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with session_scope() as session:
                    return self._recorder.record(session, batch)
            except OperationalError:
                # Every write is idempotent, also one whose commit got no answer.
                if time.monotonic() > deadline:
                    raise
                log.warning("the database does not answer; trying again", exc_info=True)
                time.sleep(LOOK_SECONDS)

"""Write what came in for a shard: answers, what was found out about them, and its seeds' ends."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Update, func, update
from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.row_sets import among
from backend.runs.control import halt
from backend.runs.plan import RunStatus, ShardPlan, status_of
from backend.runs.tables import Run, RunItem
from backend.scoring.code_tests import NewTestRun, store_test_runs
from backend.scoring.equivalences import NewEquivalence, store_equivalences
from backend.scoring.samples import NewSample, Spent, storable, store_samples
from backend.scoring.spend import add_failures
from backend.traces.storing import NewTrace

NewRow = NewSample | NewEquivalence | NewTestRun | NewTrace


@dataclass
class Batch:
    """What one transaction writes.

    Attributes:
        samples: responses that came in.
        equivalences: pairs of answers that were compared.
        test_runs: how programs did on their seeds' tests.
        traces: what was found out about responses of a teacher.
        complete: revisions whose samples are all there, in this batch or before it, and whether
            each is a gold seed that calibrates.
        waiting: revisions that have their first answers and wait their turn, with their worth.
        failed: revisions that cannot be judged, with the reason.
        lost: calls that brought nothing in all attempts, by endpoint.
        halt: why the run cannot go on by itself.
    """

    samples: list[NewSample] = field(default_factory=list)
    equivalences: list[NewEquivalence] = field(default_factory=list)
    test_runs: list[NewTestRun] = field(default_factory=list)
    traces: list[NewTrace] = field(default_factory=list)
    complete: dict[int, bool] = field(default_factory=dict)
    waiting: dict[int, float] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    lost: Counter[int] = field(default_factory=Counter)
    halt: str | None = None

    def add(self, row: NewRow) -> None:
        """Put a row where it belongs."""
        match row:
            case NewSample():
                self.samples.append(row)
            case NewEquivalence():
                self.equivalences.append(row)
            case NewTestRun():
                self.test_runs.append(row)
            case NewTrace():
                self.traces.append(row)


class Ended(NamedTuple):
    """Revisions that a batch has ended: those that are done, and those that failed."""

    done: Sequence[int]
    failed: Sequence[int]


class ShardRecorder(ABC):
    """Writes a shard's batches, each in one transaction that holds the job."""

    def __init__(self, job: ClaimedJob, plan: ShardPlan) -> None:
        self._job = job
        self._plan = plan
        self._finished = 0

    def record(self, session: Session, batch: Batch) -> RunStatus:
        """Write the batch; says how the run stands.

        Raises:
            LeaseLost: the job belongs to another by now.
        """
        self._job.fence(session)
        spent = store_samples(session, self._plan.run_id, batch.samples)
        add_failures(session, self._plan.run_id, batch.lost)
        store_equivalences(session, batch.equivalences)
        store_test_runs(session, batch.test_runs)
        ended = self._end_items(session, batch)
        if batch.halt is not None:
            halt(session, self._plan.run_id, batch.halt)
        self._count(session, spent, ended)
        run = session.get_one(Run, self._plan.run_id, populate_existing=True)
        plan = self._plan
        return status_of(session, run, plan.shard, plan.of, plan.line_up)

    @abstractmethod
    def _end_items(self, session: Session, batch: Batch) -> Ended:
        """Write what the batch says of seeds, in the transaction that has stored its samples."""

    def _fail(self, session: Session, reasons: dict[int, str]) -> Sequence[int]:
        failed: list[int] = []
        for revision_id, reason in reasons.items():
            failed += self._set_state(session, [revision_id], "failed", storable(reason))
        return failed

    def _set_state(
        self, session: Session, revision_ids: Sequence[int], state: str, reason: str | None = None
    ) -> Sequence[int]:
        """Those of the revisions that were pending."""
        if not revision_ids:
            return []
        changed = self._update(revision_ids).values(
            state=state, reason=reason, worth=None, finished_at=func.now()
        )
        return session.scalars(changed.returning(RunItem.revision_id)).all()

    def _update(self, revision_ids: Sequence[int]) -> Update:
        """Of those of the revisions that are pending."""
        return (
            update(RunItem)
            .where(
                RunItem.run_id == self._plan.run_id,
                among(RunItem.revision_id, revision_ids),
                RunItem.state == "pending",
            )
            .execution_options(synchronize_session=False)
        )

    def _count(self, session: Session, spent: Spent, ended: Ended) -> None:
        done, failed = len(ended.done), len(ended.failed)
        if not (spent.calls or done or failed):
            return
        session.execute(
            update(Run)
            .where(Run.id == self._plan.run_id)
            .values(
                calls=Run.calls + spent.calls,
                tokens=Run.tokens + spent.tokens,
                cost=Run.cost + spent.cost,
                seeds_scored=Run.seeds_scored + done,
                seeds_failed=Run.seeds_failed + failed,
            )
            .execution_options(synchronize_session=False)
        )
        self._finished += done + failed
        self._job.progress(session, self._finished)

"""Write what came in: samples, finished seeds with their verdicts, and the run's counters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Update, func, update
from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.row_sets import among, given_rows, row_set
from backend.runs.control import halt
from backend.runs.plan import RunStatus, ShardPlan, status_of
from backend.runs.service import get_run
from backend.runs.tables import Run, RunItem
from backend.scoring.calibration import Calibrator
from backend.scoring.code_tests import NewTestRun, store_test_runs
from backend.scoring.equivalences import NewEquivalence, store_equivalences
from backend.scoring.policies import get_policy
from backend.scoring.recompute import recompute
from backend.scoring.samples import NewSample, Spent, storable, store_samples
from backend.scoring.spend import add_failures
from backend.scoring.tables import PolicyVersion

_WAITING = row_set("waiting", {"revision_id": RunItem.revision_id, "worth": RunItem.worth})


@dataclass
class Batch:
    """What one transaction writes.

    Attributes:
        samples: responses that came in.
        equivalences: pairs of answers that were compared.
        test_runs: how programs did on their seeds' tests.
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
    complete: dict[int, bool] = field(default_factory=dict)
    waiting: dict[int, float] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    lost: Counter[int] = field(default_factory=Counter)
    halt: str | None = None


class Recorder:
    """Writes a shard's batches, each in one transaction that holds the job.

    Attributes:
        calibration: what gold seeds have told by now.
    """

    def __init__(self, session: Session, job: ClaimedJob, plan: ShardPlan) -> None:
        self._job = job
        self._plan = plan
        self._calibrator = Calibrator(plan.line_up)
        self.calibration = self._calibrator.current(session)
        self._finished = 0
        self._policy: PolicyVersion | None = None

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
        scored, failed = self._finish_items(session, batch)
        waiting = self._set_waiting(session, batch.waiting)
        gold = sum(batch.complete[revision_id] for revision_id in scored)
        self.calibration = self._calibrator.current(session, gold)
        self._verdicts(session, sorted({*scored, *waiting}))
        if batch.halt is not None:
            halt(session, self._plan.run_id, batch.halt)
        self._count(session, spent, len(scored), len(failed))
        run = session.get_one(Run, self._plan.run_id, populate_existing=True)
        plan = self._plan
        return status_of(session, run, plan.shard, plan.of, plan.line_up)

    def _finish_items(self, session: Session, batch: Batch) -> tuple[Sequence[int], Sequence[int]]:
        scored = self._set_state(session, list(batch.complete), "scored", None)
        failed: list[int] = []
        for revision_id, reason in batch.failed.items():
            failed += self._set_state(session, [revision_id], "failed", storable(reason))
        return scored, failed

    def _set_state(
        self, session: Session, revision_ids: Sequence[int], state: str, reason: str | None
    ) -> Sequence[int]:
        """Those of the revisions that were pending."""
        if not revision_ids:
            return []
        changed = self._update(revision_ids).values(
            state=state, reason=reason, worth=None, finished_at=func.now()
        )
        return session.scalars(changed.returning(RunItem.revision_id)).all()

    def _set_waiting(self, session: Session, worths: dict[int, float]) -> Sequence[int]:
        if not worths:
            return []
        rows = [{"revision_id": number, "worth": worth} for number, worth in worths.items()]
        return session.scalars(
            self._update(list(worths))
            .where(RunItem.revision_id == _WAITING.c.revision_id)
            .values(worth=_WAITING.c.worth)
            .returning(RunItem.revision_id),
            given_rows(rows),
        ).all()

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

    def _verdicts(self, session: Session, revision_ids: Sequence[int]) -> None:
        recompute(
            session,
            revision_ids,
            run_id=self._plan.run_id,
            line_up=self._plan.line_up,
            policy=self._policy_of_run(session),
            calibration=self.calibration,
        )

    def _policy_of_run(self, session: Session) -> PolicyVersion:
        # Neither a run's policy nor a version of it ever changes.
        if self._policy is None:
            self._policy = get_policy(session, get_run(session, self._plan.run_id).policy_id)
        return self._policy

    def _count(self, session: Session, spent: Spent, scored: int, failed: int) -> None:
        if not (spent.calls or scored or failed):
            return
        session.execute(
            update(Run)
            .where(Run.id == self._plan.run_id)
            .values(
                calls=Run.calls + spent.calls,
                tokens=Run.tokens + spent.tokens,
                cost=Run.cost + spent.cost,
                seeds_scored=Run.seeds_scored + scored,
                seeds_failed=Run.seeds_failed + failed,
            )
            .execution_options(synchronize_session=False)
        )
        self._finished += scored + failed
        self._job.progress(session, self._finished)

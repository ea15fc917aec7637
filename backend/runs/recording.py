"""Write what came in for a scoring run: answers, and finished seeds with their verdicts."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.row_sets import given_rows, row_set
from backend.runs.plan import ShardPlan
from backend.runs.service import get_run
from backend.runs.shard_recorder import Batch, Ended, ShardRecorder
from backend.runs.tables import RunItem
from backend.runs.verdicts import compute_verdicts
from backend.scoring.calibration import Calibrator
from backend.scoring.policies import get_policy
from backend.scoring.tables import PolicyVersion

_WAITING = row_set("waiting", {"revision_id": RunItem.revision_id, "worth": RunItem.worth})


class Recorder(ShardRecorder):
    """Writes a scoring shard's batches.

    Attributes:
        calibration: what gold seeds have told by now.
    """

    def __init__(self, session: Session, job: ClaimedJob, plan: ShardPlan) -> None:
        super().__init__(job, plan)
        self._calibrator = Calibrator(plan.line_up)
        self.calibration = self._calibrator.current(session)
        self._policy: PolicyVersion | None = None

    def _end_items(self, session: Session, batch: Batch) -> Ended:
        scored = self._set_state(session, list(batch.complete), "scored")
        failed = self._fail(session, batch.failed)
        waiting = self._set_waiting(session, batch.waiting)
        gold = sum(batch.complete[revision_id] for revision_id in scored)
        self.calibration = self._calibrator.current(session, gold)
        self._verdicts(session, sorted({*scored, *waiting}))
        return Ended(scored, failed)

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

    def _verdicts(self, session: Session, revision_ids: Sequence[int]) -> None:
        compute_verdicts(
            session,
            revision_ids,
            run_id=self._plan.run_id,
            line_up=self._plan.line_up,
            policy=self._policy_of_run(session),
            calibration=self.calibration,
            rewrites=self._plan.rewrites,
        )

    def _policy_of_run(self, session: Session) -> PolicyVersion:
        # Neither a run's policy nor a version of it ever changes.
        if self._policy is None:
            self._policy = get_policy(session, get_run(session, self._plan.run_id).policy_id)
        return self._policy

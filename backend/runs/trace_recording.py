"""Write what came in for a run for traces: responses, what was found out of them, seeds' ends."""

from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.runs.plan import ShardPlan
from backend.runs.shard_recorder import Batch, Ended, ShardRecorder
from backend.traces.storing import store_traces


class TraceRecorder(ShardRecorder):
    """Writes the batches of a shard of a run for traces."""

    def __init__(self, job: ClaimedJob, plan: ShardPlan) -> None:
        super().__init__(job, plan)
        self._lost: set[int] = set()

    def _end_items(self, session: Session, batch: Batch) -> Ended:
        self._lost |= store_traces(session, self._plan.run_id, batch.traces)
        # A seed of which a trace was lost stays pending, and is taken up again.
        done = [revision_id for revision_id in batch.complete if revision_id not in self._lost]
        self._lost.difference_update(batch.complete)
        return Ended(self._set_state(session, done, "traced"), self._fail(session, batch.failed))

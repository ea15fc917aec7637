"""Write what came in for a run that sorts by domain: replies, what they suggest, seeds' ends.

A reply is read in the transaction that stores it, so that no paid one lies unread, and from what is
stored: where another run's reply to the same question was first, that one counts.
"""

from sqlalchemy.orm import Session

from backend.domains.reading import read_suggestions
from backend.jobs.service import ClaimedJob
from backend.runs.domain_plan import DomainPlan
from backend.runs.shard_recorder import Batch, Ended, ShardRecorder


class DomainRecorder(ShardRecorder):
    """Writes the batches of a shard of a run that sorts by domain."""

    def __init__(self, job: ClaimedJob, plan: DomainPlan) -> None:
        super().__init__(job, plan.shard)
        self._domains = plan

    def _end_items(self, session: Session, batch: Batch) -> Ended:
        plan = self._domains
        touched = {*batch.complete, *(sample.revision_id for sample in batch.samples)}
        read_suggestions(session, plan.shard.run_id, plan.proposer, sorted(touched), plan.choices)
        return Ended(
            self._set_state(session, list(batch.complete), "proposed"),
            self._fail(session, batch.failed),
        )

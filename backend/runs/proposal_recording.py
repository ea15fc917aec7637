"""Write what came in for a run for proposals: replies, what is made of them, seeds' ends.

A reply is read in the transaction that stores it, so that no paid one lies unread, and from what is
stored: where another run's reply to the same question was first, that one counts.
"""

from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.proposals.reading import read_replies
from backend.runs.proposal_plan import ProposalPlan
from backend.runs.shard_recorder import Batch, Ended, ShardRecorder


class ProposalRecorder(ShardRecorder):
    """Writes the batches of a shard of a run for proposals."""

    def __init__(self, job: ClaimedJob, plan: ProposalPlan) -> None:
        super().__init__(job, plan.shard)
        self._proposals = plan

    def _end_items(self, session: Session, batch: Batch) -> Ended:
        plan = self._proposals
        touched = {*batch.complete, *(sample.revision_id for sample in batch.samples)}
        lost = read_replies(session, plan.shard.run_id, plan.proposer, sorted(touched), plan.maker)
        done = [revision_id for revision_id in batch.complete if revision_id not in lost]
        return Ended(
            self._set_state(session, done, "proposed"), self._fail(session, batch.failed | lost)
        )

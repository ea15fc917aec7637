"""Jobs of runs that ask a model for proposals."""

import asyncio
from collections.abc import Mapping

from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.runs.proposal_plan import (
    PendingProposals,
    ProposalPlan,
    pending_proposals,
    proposal_plan,
)
from backend.runs.proposal_recording import ProposalRecorder
from workers.clients import Client
from workers.proposal_engine import ProposalEngine
from workers.tasks.shards import Rest, driven, until_left


def propose_for_shard(job: ClaimedJob) -> None:
    """Ask about a shard's seeds until they are done, or the run is not to go on."""

    def work() -> Rest:
        with session_scope() as session:
            plan = proposal_plan(session, job)
        if plan.shard.status.state != "running":
            return Rest()
        return asyncio.run(_propose(ProposalRecorder(job, plan), plan))

    until_left(job, work)


async def _propose(recorder: ProposalRecorder, plan: ProposalPlan) -> Rest:
    def load_page(after: PendingProposals | None, limit: int) -> list[PendingProposals]:
        with session_scope() as session:
            return pending_proposals(session, plan, after, limit)

    def engine(clients: Mapping[int, Client]) -> ProposalEngine:
        return ProposalEngine(plan, clients, load_page)

    return await driven(plan.shard, recorder, engine)

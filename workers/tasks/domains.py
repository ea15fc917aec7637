"""Jobs of runs that sort seeds by domain."""

import asyncio
from collections.abc import Mapping

from backend.database import session_scope
from backend.domains.applying import apply_at_end
from backend.jobs.service import ClaimedJob
from backend.runs import control
from backend.runs.domain_plan import DomainPlan, domain_plan, pending_domains
from backend.runs.domain_recording import DomainRecorder
from backend.runs.proposal_plan import PendingProposals
from workers.clients import Client
from workers.proposal_engine import ProposalEngine
from workers.tasks.shards import Rest, driven, until_left


def classify_shard(job: ClaimedJob) -> None:
    """Ask about a shard's seeds until they are done, or the run is not to go on."""

    def work() -> Rest:
        with session_scope() as session:
            plan = domain_plan(session, job)
        if plan.shard.status.state != "running":
            return Rest()
        rest = asyncio.run(_classify(DomainRecorder(job, plan), plan))
        if plan.apply:
            _apply(job, plan.shard.run_id)
        return rest

    until_left(job, work)


async def _classify(recorder: DomainRecorder, plan: DomainPlan) -> Rest:
    def load_page(after: PendingProposals | None, limit: int) -> list[PendingProposals]:
        with session_scope() as session:
            return pending_domains(session, plan, after, limit)

    def engine(clients: Mapping[int, Client]) -> ProposalEngine:
        return ProposalEngine(plan, clients, load_page)

    return await driven(plan.shard, recorder, engine)


def _apply(job: ClaimedJob, run_id: int) -> None:
    """Before the job ends, so that a worker that dies here leaves it to the next one."""
    with session_scope() as session:
        job.fence(session)
        if not control.has_pending(session, run_id):
            apply_at_end(session, run_id)

"""Jobs of runs that ask a teacher for traces."""

import asyncio
from collections.abc import Mapping, Sequence

from backend.database import session_scope
from backend.decontamination.index import current_index
from backend.jobs.service import ClaimedJob
from backend.runs.pending import PendingSeed
from backend.runs.trace_plan import (
    PendingTraces,
    TracePlan,
    judges_replies,
    pending_traces,
    to_be_verified,
    trace_plan,
)
from backend.runs.trace_recording import TraceRecorder
from backend.scoring.samples import NewSample
from backend.traces.screening import TraceScreen
from workers.clients import Client
from workers.tasks.shards import Rest, driven, until_left
from workers.trace_engine import TraceEngine
from workers.trace_judges import Replies


def trace_shard(job: ClaimedJob) -> None:
    """Ask for the traces of a shard's seeds until they are done, or the run is not to go on."""

    def work() -> Rest:
        with session_scope() as session:
            plan = trace_plan(session, job)
            screen = TraceScreen(current_index(session))
        if plan.shard.status.state != "running":
            return Rest()
        return asyncio.run(_trace(TraceRecorder(job, plan.shard), plan, screen))

    until_left(job, work)


async def _trace(recorder: TraceRecorder, plan: TracePlan, screen: TraceScreen) -> Rest:
    def load_page(after: PendingTraces | None, limit: int) -> list[PendingTraces]:
        with session_scope() as session:
            return pending_traces(session, plan, after, limit)

    def load_stored(seed: PendingSeed) -> Sequence[NewSample]:
        with session_scope() as session:
            return to_be_verified(session, plan, seed)

    def load_replies(revision_id: int) -> Replies:
        with session_scope() as session:
            return judges_replies(session, plan, revision_id)

    def engine(clients: Mapping[int, Client]) -> TraceEngine:
        return TraceEngine(plan, clients, load_page, load_stored, load_replies, screen.find)

    return await driven(plan.shard, recorder, engine)

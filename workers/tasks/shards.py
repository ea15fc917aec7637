"""What jobs that work on a shard of a run have in common, whatever the run is for."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import NamedTuple, TypeVar

from backend.database import session_scope
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.runs import control
from backend.runs.days import DaySpent
from backend.runs.plan import ShardPlan
from backend.runs.shard_recorder import ShardRecorder
from workers.clients import Client, client_for
from workers.endpoint_config import endpoint_config
from workers.sample_writer import SampleWriter
from workers.shard_engine import ShardEngine

Pending = TypeVar("Pending")


class Rest(NamedTuple):
    """Why a shard's work has come to rest: `starved` of budget, or endpoints' days are spent."""

    starved: bool = False
    days_spent: tuple[DaySpent, ...] = ()


def until_left(job: ClaimedJob, work: Callable[[], Rest]) -> None:
    """Work on a shard until its seeds are done, or the run is not to go on.

    An error pauses the run with its words: nobody else would say why it stands still.
    """
    assert job.run_id is not None
    try:
        outcome: control.Outcome = "go on"
        while outcome == "go on":
            rest = work()
            with session_scope() as session:
                outcome = control.leave(
                    session, job, starved=rest.starved, days_spent=rest.days_spent
                )
    except LeaseLost:
        raise
    except Exception as error:
        with session_scope() as session:
            job.fence(session)
            control.halt(session, job.run_id, f"{type(error).__name__}: {error}")
        raise


async def driven(
    plan: ShardPlan,
    recorder: ShardRecorder,
    make_engine: Callable[[Mapping[int, Client]], ShardEngine[Pending]],
) -> Rest:
    """Let an engine work with the clients of its endpoints, and store all that it brings."""
    async with AsyncExitStack() as stack:
        clients = {
            endpoint_id: await stack.enter_async_context(client_for(endpoint_config(endpoint)))
            for endpoint_id, endpoint in plan.endpoints.items()
        }
        engine = make_engine(clients)
        writer = SampleWriter(recorder, engine.committed, engine.broken)
        writer.start()
        try:
            starved = await engine.run(writer)
        finally:
            await asyncio.to_thread(writer.close)
        engine.check()
        return Rest(starved, tuple(engine.days.spent))

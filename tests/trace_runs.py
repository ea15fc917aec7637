"""Helpers for tests of runs for traces: a scripted teacher, runs that ask it, what it came to."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.runs.schemas import TraceRunCreate
from backend.runs.tables import RunItem
from backend.runs.trace_creation import create_trace_run
from backend.scoring.tables import Sample
from backend.traces.tables import Trace
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, endpoint, read
from tests.workers.fake_openai import Request, Step, answer
from workers.tasks.traces import trace_shard

THOUGHT = "I add the two numbers one after the other, and then I check the sum by subtraction."


def thinking_aloud(request: Request) -> Step:
    """Thinks apart and answers "a + b" rightly as model `good`, one too high as `bad`."""
    first, second = re.findall(r"\d+", request.prompt)[:2]
    total = int(first) + int(second) + (request.body["model"] == "bad")
    said = f"The sum of the two numbers is \\boxed{{{total}}}."
    return answer(said, reasoning=THOUGHT)


def add_sums(count: int) -> None:
    """Committed seeds with their answers."""
    with session_scope() as session:
        for n in range(count):
            create_seed(session, f"What is {n} + 7?", str(n + 7), external_id=str(n))


def teacher(session: Session, base_url: str, model: str = "good", **fields: Any) -> Endpoint:
    return endpoint(session, base_url, "teacher", model, **fields)


def start_traces(
    base_url: str, *, model: str = "good", max_in_flight: int = 8, **fields: Any
) -> int:
    """A committed run for traces over all seeds, of a new teacher unless one is named."""
    with session_scope() as session:
        user = session.scalar(select(User)) or create_user(session)
        if "teacher_endpoint_id" not in fields:
            made = teacher(session, base_url, model, max_in_flight=max_in_flight)
            fields["teacher_endpoint_id"] = made.id
        return create_trace_run(session, TraceRunCreate(**fields), user).id


def trace(run_id: int, shard: int = 0) -> None:
    """Do the work of the run's newest open job."""
    trace_shard(claim(run_id, shard))


def teacher_of(run_id: int) -> int:
    """The number of the endpoint that a run asks."""
    return int(read(run_id).settings["line_up"][0]["endpoint_id"])


def traces() -> list[Trace]:
    with session_scope() as session:
        return list(session.scalars(select(Trace).order_by(Trace.sample_id)))


def samples() -> list[Sample]:
    with session_scope() as session:
        return list(session.scalars(select(Sample).order_by(Sample.id)))


def items(run_id: int) -> list[tuple[str, str | None]]:
    """State and reason of each seed."""
    with session_scope() as session:
        rows = session.scalars(
            select(RunItem).where(RunItem.run_id == run_id).order_by(RunItem.revision_id)
        )
        return [(row.state, row.reason) for row in rows]

"""Helpers for tests of scoring runs: a fake server's endpoints, runs over them, their jobs."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob
from backend.jobs.tables import Job
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.runs.tables import Run
from tests.builders import create_endpoint, create_user
from tests.workers.fake_openai import Request, Step, answer

VERDICT = (
    '{"steps": 4, "difficulty": 2, "multi_step": 3, "well_posed": 5, "verifiable": 5, '
    '"reasons": "Some sums."}'
)


def sums(request: Request) -> Step:
    """Answers "a + b" rightly as model `good`, one too high as `bad`, by the rubric as `judge`."""
    model = request.body["model"]
    if model == "judge":
        return answer(VERDICT)
    first, second = re.findall(r"\d+", request.prompt)[:2]
    return answer(f"So it is \\boxed{{{int(first) + int(second) + (model == 'bad')}}}.")


def slowly(script: Callable[[Request], Step], delay: float) -> Callable[[Request], Step]:
    """The same answers after a while."""

    def delayed(request: Request) -> Step:
        step = script(request)
        return Step(step.content, step.status, step.headers, delay)

    return delayed


def endpoint(session: Session, base_url: str, role: str, model: str, **fields: Any) -> Endpoint:
    fields = {"max_in_flight": 8} | fields
    return create_endpoint(session, role, base_url=base_url, model=model, **fields)


def start_run(
    base_url: str,
    *,
    weak: str = "good",
    reference: str | None = "good",
    judge: str | Sequence[str] | None = None,
    second_reference: str | None = None,
    **fields: Any,
) -> int:
    """A committed run over all seeds; returns its number."""
    limits = {name: fields.pop(name) for name in ("max_in_flight",) if name in fields}
    fields = {"stopping": "fixed"} | fields
    with session_scope() as session:
        user = session.scalar(select(User)) or create_user(session)
        wanted = RunCreate(
            weak_endpoint_ids=[endpoint(session, base_url, "weak", weak, **limits).id],
            reference_endpoint_id=(
                endpoint(session, base_url, "reference", reference, **limits).id
                if reference
                else None
            ),
            second_reference_endpoint_id=(
                endpoint(session, base_url, "reference", second_reference, **limits).id
                if second_reference
                else None
            ),
            judge_endpoint_ids=[
                endpoint(session, base_url, "judge", model, **limits).id
                for model in ([judge] if isinstance(judge, str) else judge or ())
            ],
            **fields,
        )
        return create_run(session, wanted, user).id


def claim(run_id: int, shard: int = 0, lease_seconds: float = 30) -> ClaimedJob:
    """The newest open job of the run's shard, claimed."""
    with session_scope() as session:
        job_id = session.scalars(
            select(Job.id)
            .where(Job.run_id == run_id, Job.payload["shard"].as_integer() == shard)
            .order_by(Job.id.desc())
            .limit(1)
        ).one()
    return claimed(job_id, lease_seconds)


def claimed(job_id: int, lease_seconds: float = 30) -> ClaimedJob:
    """The job, claimed."""
    job = jobs.claim(job_id, lease_seconds, "test/1")
    assert job is not None
    return job


def read(run_id: int) -> Run:
    with session_scope() as session:
        return session.get_one(Run, run_id)

"""What each shard of a run may use of an endpoint: parts that add up to the whole."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.jobs.tables import Job
from backend.runs.plan import ShardPlan, shard_plan
from tests.builders import create_endpoint, create_seed

LIMITS = ("max_in_flight", "requests_per_minute", "tokens_per_minute")


def _plans(client: TestClient, session: Session, of: int, **limits: Any) -> list[ShardPlan]:
    weak = create_endpoint(session, **limits)
    create_seed(session, answer="4")
    session.commit()
    body = {"weak_endpoint_ids": [weak.id], "parallel_jobs": of}
    run_id = client.post("/v1/runs", json=body).json()["id"]
    jobs = session.scalars(select(Job).where(Job.run_id == run_id).order_by(Job.id))
    return [
        shard_plan(session, ClaimedJob(job.id, job.kind, 1, job.payload, run_id)) for job in jobs
    ]


def _limits(plan: ShardPlan) -> tuple[int | None, ...]:
    (endpoint,) = plan.endpoints.values()
    return tuple(getattr(endpoint, name) for name in LIMITS)


def test_shards_share_an_endpoints_limits(client: TestClient, session: Session) -> None:
    plans = _plans(
        client, session, 4, max_in_flight=10, requests_per_minute=100, tokens_per_minute=None
    )
    assert [_limits(plan) for plan in plans] == [
        (3, 25, None), (3, 25, None), (2, 25, None), (2, 25, None),
    ]  # fmt: skip


def test_one_job_has_all_of_them(client: TestClient, session: Session) -> None:
    (plan,) = _plans(
        client, session, 1, max_in_flight=10, requests_per_minute=7, tokens_per_minute=900
    )
    assert _limits(plan) == (10, 7, 900)


@pytest.mark.parametrize("of", [3, 64])
def test_no_shard_is_left_without(client: TestClient, session: Session, of: int) -> None:
    plans = _plans(client, session, of, max_in_flight=2, requests_per_minute=1, tokens_per_minute=1)
    assert {limit for plan in plans for limit in _limits(plan)} == {1}

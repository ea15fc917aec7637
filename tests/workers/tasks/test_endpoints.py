"""The trial of an endpoint, as a job beside others."""

import pytest

from backend import database
from backend.database import session_scope
from backend.endpoints import trial
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob, LeaseLost
from tests.builders import create_endpoint, create_user
from tests.workers.fake_models import FakeModels, embedded_texts
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, refuse
from workers.tasks.endpoints import try_out

pytestmark = pytest.mark.usefixtures("committed", "woken")


def _claimed(server: FakeOpenAI, role: str = "weak") -> ClaimedJob:
    with session_scope() as session:
        user = create_user(session)
        endpoint = create_endpoint(session, role, base_url=server.base_url)
        job_id = trial.start_trial(session, user, endpoint.id, None)
    job = jobs.claim(job_id, 30, "test/1")
    assert job is not None
    return job


def test_no_connection_is_held_while_the_model_is_asked() -> None:
    held: list[int] = []

    def step(_: Request) -> Step:
        held.append(database.engine().pool.checkedout())  # type: ignore[attr-defined]
        return answer("42")

    with FakeOpenAI(default=step) as server:
        job = _claimed(server)
        try_out(job)
    assert held == [0]
    assert trial.await_result(job.id).response == "42"


def test_attempt_that_was_taken_over_writes_no_result() -> None:
    with FakeOpenAI() as server:
        late = _claimed(server)
        jobs.release_jobs_of("test/1")
        assert jobs.claim(late.id, 30, "test/2") is not None
        with pytest.raises(LeaseLost):
            try_out(late)
    with session_scope() as session:
        assert "result" not in jobs.get(session, late.id).payload


def test_embedding_endpoint_is_asked_for_one_vector() -> None:
    with FakeOpenAI(default=FakeModels()) as server:
        job = _claimed(server, "embedding")
        try_out(job)
    result = trial.await_result(job.id)
    assert (result.ok, result.response, result.prompt_tokens) == (
        True,
        "a vector of 64 numbers",
        10,
    )
    assert embedded_texts(server) == [trial.DEFAULT_PROMPT]


def test_embedding_endpoint_that_fails_says_why_at_once() -> None:
    with FakeOpenAI(default=refuse(500, "no model")) as server:
        job = _claimed(server, "embedding")
        try_out(job)
    result = trial.await_result(job.id)
    assert (result.ok, result.error) == (False, "http_500: no model")
    assert len(server.requests) == 1

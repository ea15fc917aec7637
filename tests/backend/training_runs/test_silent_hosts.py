"""Runs on a host from which no worker is heard."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.queue import beside
from backend.training_runs.tables import TrainingRun
from tests.training_runs import asked, create_export, shown

pytestmark = pytest.mark.usefixtures("trainer")


def _elsewhere(client: TestClient, session: Session) -> TrainingRun:
    """A run that was begun on another host."""
    run = session.get(TrainingRun, asked(client, create_export(session).id)["id"])
    assert run is not None
    run.state, run.handle = "running", {"host": "elsewhere", "begun": True}
    session.commit()
    return run


def test_run_says_that_nobody_follows_it(client: TestClient, session: Session) -> None:
    run = _elsewhere(client, session)
    found = shown(client, run.id)
    assert (found["state"], found["followed"]) == ("running", False)
    assert "no worker on elsewhere has been heard of lately" in found["note"]
    jobs.beat("elsewhere/7")
    assert (shown(client, run.id)["note"], shown(client, run.id)["followed"]) == (None, True)


def test_second_request_to_cancel_gives_it_up(client: TestClient, session: Session) -> None:
    run = _elsewhere(client, session)
    path = f"/v1/training-runs/{run.id}:cancel"
    assert client.post(path).json()["state"] == "running"
    assert client.post(path).json()["state"] == "running"
    run = session.get_one(TrainingRun, run.id)
    run.cancel_asked_at = datetime.now(UTC) - timedelta(minutes=2)
    session.commit()
    jobs.beat("elsewhere/7")
    assert client.post(path).json()["state"] == "running"  # its worker will do it
    session.execute(jobs.WorkerHeartbeat.__table__.delete())  # type: ignore[attr-defined]
    given_up = client.post(path).json()
    assert given_up["state"] == "cancelled"
    assert "may live on there" in given_up["failure"]["message"]


def test_steps_are_for_workers_of_their_host(client: TestClient, session: Session) -> None:
    number = asked(client, create_export(session).id)["job_id"]
    job = jobs.get(session, number)
    job.queue = beside("elsewhere")
    session.commit()
    assert jobs.due_for_dispatch(30) == []
    assert jobs.due_for_dispatch(30, beside=("beside", beside("here"))) == []
    assert jobs.due_for_dispatch(30, beside=(beside("elsewhere"),)) == [
        (number, beside("elsewhere"))
    ]


def test_step_that_was_put_off_is_due_as_soon_as_it_is_hurried(
    client: TestClient, session: Session, woken: list[int]
) -> None:
    number = asked(client, create_export(session).id)["job_id"]
    assert number not in woken  # the broker knows nothing of it
    job = jobs.claim(number, 30, "host/1")
    assert job is not None
    job.postpone(session, 60)
    session.commit()
    assert jobs.due_for_dispatch(30, beside=("beside",)) == []
    jobs.hurry(session, number)
    session.commit()
    assert jobs.due_for_dispatch(30, beside=("beside",)) == [(number, "beside")]

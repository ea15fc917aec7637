"""Runs whose models a worker loads itself wait for a worker that does, and say so."""

import importlib.util

import pytest
from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.schemas import IN_PROCESS
from backend.jobs.tables import Job, WorkerHeartbeat
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.runs.service import get_run, run_out
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed, create_user
from tests.durability.conftest import Worker
from tests.scoring_runs import endpoint, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI

PATIENCE = 120.0
GPU_WORKER = ("-Q", "gpu", "-P", "threads")


def _started(server: FakeOpenAI, model: str = "/models/small") -> int:
    """A run whose weak model is to be loaded, and whose reference is a server."""
    server.default = sums
    with session_scope() as session:
        create_seed(session)
        user = session.scalar(select(User)) or create_user(session)
        wanted = RunCreate(
            weak_endpoint_ids=[endpoint(session, IN_PROCESS, "weak", model).id],
            reference_endpoint_id=endpoint(session, server.base_url, "reference", "good").id,
        )
        return create_run(session, wanted, user).id


def _note(run_id: int) -> str:
    with session_scope() as session:
        return run_out(session, get_run(session, run_id)).note or ""


def _lives(queue: str) -> bool:
    with session_scope() as session:
        return [queue] in session.scalars(select(WorkerHeartbeat.queues)).all()


def test_ordinary_worker_leaves_it_alone_and_the_run_says_what_is_missing(
    server: FakeOpenAI, worker: Worker
) -> None:
    loaded = _started(server)
    served = start_run(server.base_url, reference_samples=1, weak_samples=1)
    assert "none is running" in _note(served)
    worker.start()
    wait_until(lambda: read(served).state == "finished", PATIENCE)
    assert _lives("seedbed")
    with session_scope() as session:
        attempts = session.scalars(select(Job.attempt).where(Job.run_id == loaded)).all()
    assert attempts == [0]
    assert "celery -A workers.app worker -Q gpu" in _note(loaded)
    assert _note(served) == ""


@pytest.mark.skipif(importlib.util.find_spec("vllm") is not None, reason="vLLM is installed")
def test_worker_without_vllm_pauses_the_run_and_names_what_to_install(
    server: FakeOpenAI, worker: Worker
) -> None:
    run_id = _started(server)
    worker.start(*GPU_WORKER)
    wait_until(lambda: read(run_id).state == "paused", PATIENCE)
    assert _lives("gpu")
    assert "no folder /models/small" in _note(run_id)
    named = _started(server, "HuggingFaceTB/SmolLM2-135M-Instruct")
    wait_until(lambda: read(named).state == "paused", PATIENCE)
    assert "pip install vllm" in _note(named)
    assert server.requests == []

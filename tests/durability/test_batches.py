"""A worker that is killed while a batch is made neither loses the batch nor has it made twice."""

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.runs.service import get_run, run_out
from backend.scoring.tables import Sample
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed, create_user
from tests.durability.conftest import Worker
from tests.scoring_runs import endpoint, read, sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import FakeOpenAI, hang

PATIENCE = 120.0
SEEDS = 5
SAMPLES = 4


def _started(base_url: str) -> int:
    with session_scope() as session:
        for n in range(SEEDS):
            create_seed(session, f"What is {n} + 7?", str(n + 7), external_id=str(n))
        user = session.scalar(select(User)) or create_user(session)
        weak = endpoint(session, base_url, "weak", "good", uses_batches=True)
        wanted = RunCreate(weak_endpoint_ids=[weak.id], weak_samples=SAMPLES, stopping="fixed")
        return create_run(session, wanted, user).id


def _state(run_id: int) -> str | None:
    with session_scope() as session:
        batches = run_out(session, get_run(session, run_id)).batches
    return batches[0].state if batches else None


@pytest.mark.parametrize("request_line", ["POST /v1/files", "POST /v1/batches"])
def test_killed_worker_leaves_one_batch_that_is_collected_by_the_next(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, request_line: str
) -> None:
    monkeypatch.setenv("SEEDBED_BATCH_POLL_SECONDS", "0.5")
    provider = FakeProvider(sums)
    with FakeOpenAI(default=provider) as server:
        provider.hinder(request_line, hang(), carried_out=True)
        run_id = _started(server.base_url)
        worker.start()
        wait_until(lambda: not provider.hindrances, PATIENCE)
        worker.kill()
        assert _state(run_id) == "preparing"
        worker.start()
        wait_until(lambda: _state(run_id) == "sent", PATIENCE)
        provider.work()
        wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    assert len(provider.batches) == 1
    assert len(provider.asked()) + len(provider.direct) == SEEDS * SAMPLES
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Sample)) == SEEDS * SAMPLES

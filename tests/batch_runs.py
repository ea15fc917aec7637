"""Helpers for tests of runs whose samples come by batches."""

from typing import Any

from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.runs.creation import create_run
from backend.runs.schemas import BatchOut, RunCreate
from backend.runs.service import get_run, run_out
from backend.scoring.tables import Sample, Teachability
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, endpoint, read
from tests.workers.fake_batches import FakeProvider
from workers.tasks import HANDLERS

SAMPLES = 4


def started(provider: FakeProvider, seeds: int = 3, **fields: Any) -> int:
    """A run over so many new seeds, whose reference is asked by batches."""
    fields = {"stopping": "fixed"} | fields
    batched = {"uses_batches": True} | fields.pop("batched", {})
    url = provider.base_url
    with session_scope() as session:
        for n in range(seeds):
            create_seed(session, f"What is {n} + 7?", external_id=str(n))
        user = session.scalar(select(User)) or create_user(session)
        wanted = RunCreate(
            reference_endpoint_id=endpoint(session, url, "reference", "good", **batched).id,
            weak_endpoint_ids=[endpoint(session, url, "weak", "good").id],
            reference_samples=SAMPLES,
            weak_samples=2,
            **fields,
        )
        return create_run(session, wanted, user).id


def step(run_id: int) -> str:
    """The run's newest job does what it does when a worker is woken for it; says its kind."""
    job = claim(run_id)
    HANDLERS[job.kind](job)
    return job.kind


def finish(provider: FakeProvider, run_id: int) -> None:
    for _ in range(12):
        provider.work()
        step(run_id)
        if read(run_id).state != "running":
            return
    raise AssertionError("the run does not end")


def batches_of(run_id: int) -> list[BatchOut]:
    with session_scope() as session:
        return run_out(session, get_run(session, run_id)).batches


def count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def is_whole(run_id: int, seeds: int = 3) -> None:
    """Every seed is scored, and nothing was stored or made twice."""
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", seeds, 0)
    assert run.calls == count(Sample) == seeds * (SAMPLES + 2)
    assert count(Teachability) == seeds

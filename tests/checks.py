"""Benchmarks that prompts stand in, and checks that find them."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.decontamination.policies import create_version
from backend.decontamination.policy_schemas import PolicySettings, PolicyVersionCreate
from backend.decontamination.service import CHECK
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.jobs.service import ClaimedJob, claim, enqueue
from backend.science.contamination import Hit
from backend.science.decontamination import BenchmarkIndex
from tests.builders import create_user
from workers.tasks.decontamination import check

DUCKS = (
    "Janet's ducks lay sixteen eggs per day and she eats three for breakfast every morning; "
    "how many eggs are left for her to sell at the market?"
)
ROBE = (
    "A robe takes two bolts of blue fiber and half that much white fiber, so how many bolts of "
    "fiber in total does it take to make one?"
)


def add_benchmark(session: Session, *texts: str, name: str = "gsm8k") -> Benchmark:
    benchmark = Benchmark(name=name, version="1", split="test", item_count=len(texts))
    session.add(benchmark)
    session.flush()
    for number, question in enumerate(texts):
        item = BenchmarkItem(benchmark_id=benchmark.id, external_id=str(number), text=question)
        session.add(item)
    session.commit()
    return benchmark


def set_policy(session: Session, **settings: Any) -> None:
    """A new version of the policy in force."""
    wanted = PolicyVersionCreate(settings=PolicySettings(**settings))
    create_version(session, create_user(session), wanted)
    session.commit()


def run_check(session: Session) -> ClaimedJob:
    job_id = enqueue(session, CHECK, {}).id
    session.commit()
    job = claim(job_id, 60, "test/1")
    assert job is not None
    check(job)
    session.expire_all()
    return job


def check_as(monkeypatch: pytest.MonkeyPatch, verdict: str) -> None:
    """Have all that is found from now on be of this verdict."""

    find_copies = BenchmarkIndex.find_copies

    def find(index: BenchmarkIndex, texts: Sequence[str], since: int = 0) -> list[list[Hit]]:
        found = find_copies(index, texts)
        return [[hit._replace(verdict=verdict) for hit in hits] for hits in found]  # type: ignore[arg-type]

    for name in ("find", "find_copies"):
        monkeypatch.setattr(BenchmarkIndex, name, find)


def waits_for_a_lock(session: Session) -> bool:
    """Whether any transaction waits for another's advisory lock."""
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    return bool(session.scalar(text(waiting)))


def hits(session: Session) -> list[DecontaminationHit]:
    return list(session.scalars(select(DecontaminationHit).order_by(DecontaminationHit.id)))

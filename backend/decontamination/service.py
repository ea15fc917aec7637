"""Benchmarks, and when seeds are checked against them."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.schemas import BenchmarkOut
from backend.decontamination.tables import Benchmark
from backend.errors import Conflict
from backend.jobs.service import enqueue
from backend.jobs.tables import Job
from backend.paging import Page, PageQuery, rows_by_number

CHECK: Final = "decontamination.check"


def list_benchmarks(session: Session, paging: PageQuery) -> Page[BenchmarkOut]:
    """A page of the benchmarks, the oldest first."""
    shown, following = rows_by_number(
        session, select(Benchmark), Benchmark.id, paging, newest_first=False
    )
    return Page(items=[BenchmarkOut.model_validate(row) for row in shown], next=following)


def enqueue_check(session: Session, user: User | None) -> Job | None:
    """Have all unchecked seeds checked; None where there is no benchmark to check against.

    A check that no worker has begun will see what this transaction brings, so it is enough: its row
    is held, so that it cannot begin before our commit. One that is running may be past it.
    """
    if session.scalar(select(Benchmark.id).where(Benchmark.item_count > 0).limit(1)) is None:
        return None
    waiting = session.scalar(
        select(Job)
        .where(Job.kind == CHECK, Job.state == "queued")
        .order_by(Job.id)
        .limit(1)
        .with_for_update(read=True)
    )
    return waiting or enqueue(session, CHECK, {}, created_by=user.id if user else None)


def check_now(session: Session, user: User) -> Job:
    """Have all unchecked seeds checked.

    Raises:
        Conflict: no benchmark is loaded.
    """
    job = enqueue_check(session, user)
    if job is None:
        raise Conflict("there is nothing to check against: load a benchmark", code="no_benchmarks")
    return job

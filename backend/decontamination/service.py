"""Benchmarks, and when seeds are checked against them."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.decontamination.coverage import standing_for
from backend.decontamination.schemas import BenchmarkChange, BenchmarkOut
from backend.decontamination.tables import Benchmark
from backend.errors import Conflict
from backend.jobs.service import enqueue_once
from backend.jobs.tables import Job
from backend.paging import Page, PageQuery, rows_by_number

CHECK: Final = "decontamination.check"


def list_benchmarks(session: Session, paging: PageQuery) -> Page[BenchmarkOut]:
    """A page of the benchmarks, the oldest first."""
    shown, following = rows_by_number(
        session, select(Benchmark), Benchmark.id, paging, newest_first=False
    )
    return Page(items=[BenchmarkOut.model_validate(row) for row in shown], next=following)


def stored_benchmark(
    session: Session,
    key: tuple[str, str, str],
    *,
    licence: str | None,
    gated: bool | None,
    stands_for: str | None,
) -> int:
    """The number of a benchmark, which is made where there is none.

    What is None stays as it was, or as a curator corrected it; of a new benchmark `gated` is then
    what the named one is that it stands for.

    Args:
        session: the caller's; flushed, not committed.
        key: name, version and split.
        licence: the text's own.
        gated: whether its items may not be shown.
        stands_for: its name in reports.
    """
    name, version, split = key
    said = {"licence": licence, "gated": gated, "stands_for": stands_for}
    said = {field: value for field, value in said.items() if value is not None}
    named = standing_for(name, stands_for)
    values = {"gated": named is not None and named.gated} | said
    new = insert(Benchmark).values(name=name, version=version, split=split, **values)
    known = new.on_conflict_do_update(
        index_elements=[Benchmark.name, Benchmark.version, Benchmark.split],
        set_={"item_count": Benchmark.item_count} | said,
    )
    return session.scalars(known.returning(Benchmark.id)).one()


def change_benchmark(session: Session, benchmark_id: int, change: BenchmarkChange) -> BenchmarkOut:
    """Correct what is said of a benchmark; fields that are not sent stay.

    Raises:
        NotFound: there is none of this number.
    """
    benchmark = existing(session, Benchmark, benchmark_id, "benchmark")
    for field in change.model_fields_set:
        setattr(benchmark, field, getattr(change, field))
    session.flush()
    return BenchmarkOut.model_validate(benchmark)


def enqueue_check(session: Session, user: User | None) -> Job | None:
    """Have all unchecked seeds checked; None where there is no benchmark to check against.

    A check that waits for its shares will see what this transaction brings too.
    """
    if session.scalar(select(Benchmark.id).where(Benchmark.item_count > 0).limit(1)) is None:
        return None
    return enqueue_once(session, CHECK, user)


def check_now(session: Session, user: User) -> Job:
    """Have all unchecked seeds checked.

    Raises:
        Conflict: no benchmark is loaded.
    """
    job = enqueue_check(session, user)
    if job is None:
        raise Conflict("there is nothing to check against: load a benchmark", code="no_benchmarks")
    return job

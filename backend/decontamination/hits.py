"""Hits as readers see them, with the item that they point at; and a curator's word on one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from backend.decontamination.schemas import HitOut, SeedHit
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.seeds.tables import Seed, SeedRevision


def hits_of(session: Session, revision_ids: Sequence[int]) -> dict[int, list[HitOut]]:
    """Each revision's hits, the widest coverage of the item first; every revision is a key."""
    found: dict[int, list[HitOut]] = {revision_id: [] for revision_id in revision_ids}
    wanted = (
        _hits()
        .where(DecontaminationHit.revision_id.in_(revision_ids))
        .order_by(DecontaminationHit.coverage_item.desc(), DecontaminationHit.id)
    )
    for hit, item, benchmark in session.execute(wanted):
        found[hit.revision_id].append(HitOut(**_fields(hit, item, benchmark)))
    return found


def list_hits(
    session: Session, paging: PageQuery, *, state: str | None, benchmark: str | None
) -> Page[SeedHit]:
    """Hits on the current wording of living seeds, newest first."""
    wanted = (
        _hits()
        .add_columns(Seed.id)
        .join(SeedRevision, SeedRevision.id == DecontaminationHit.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(Seed.revision_id == DecontaminationHit.revision_id, Seed.withdrawn_at.is_(None))
        .order_by(DecontaminationHit.id.desc())
        .limit(paging.limit + 1)
    )
    if state is not None:
        wanted = wanted.where(DecontaminationHit.state == state)
    if benchmark is not None:
        wanted = wanted.where(Benchmark.name == benchmark)
    if paging.after is not None:
        wanted = wanted.where(DecontaminationHit.id < decode_cursor(paging.after, [(int,)])[0])
    hits = [
        SeedHit(**_fields(hit, item, found_in), seed_id=seed_id, revision_id=hit.revision_id)
        for hit, item, found_in, seed_id in session.execute(wanted)
    ]
    items = hits[: paging.limit]
    return Page(
        items=items, next=encode_cursor([items[-1].id]) if len(hits) > paging.limit else None
    )


def _hits() -> Select[DecontaminationHit, BenchmarkItem, Benchmark]:
    return (
        select(DecontaminationHit, BenchmarkItem, Benchmark)
        .join(BenchmarkItem, BenchmarkItem.id == DecontaminationHit.item_id)
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
    )


def settle(session: Session, seed: Seed, hit: DecontaminationHit, state: str) -> str:
    """Set a hit's state and recount the seed's open hits; the state before is returned."""
    before, hit.state = hit.state, state
    session.flush()
    recount(session, seed)
    return before


def recount(session: Session, seed: Seed) -> None:
    """Count the open hits of the seed as it reads now."""
    still_open = select(func.count()).where(
        DecontaminationHit.revision_id == Seed.revision_id, DecontaminationHit.state == "open"
    )
    session.execute(
        update(Seed)
        .where(Seed.id == seed.id)
        .values(open_hits=still_open.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    session.refresh(seed, ["open_hits"])


def confirmed_in(revision_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a curator has confirmed that this wording stands in a benchmark."""
    confirmed = select(DecontaminationHit.id).where(
        DecontaminationHit.revision_id == revision_id, DecontaminationHit.state == "confirmed"
    )
    return confirmed.exists()


def _fields(hit: DecontaminationHit, item: BenchmarkItem, benchmark: Benchmark) -> dict[str, Any]:
    return {
        "id": hit.id, "benchmark": benchmark.name, "version": benchmark.version,
        "split": benchmark.split, "item_id": item.external_id, "item_text": item.text,
        "method": hit.method, "coverage_item": hit.coverage_item,
        "coverage_seed": hit.coverage_seed, "longest_words": hit.longest_words,
        "spans": hit.spans, "state": hit.state, "created_at": hit.created_at,
    }  # fmt: skip

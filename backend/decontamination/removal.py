"""Take a benchmark out again, with its items and the hits on which nobody has decided."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from backend.decontamination.standing import waiting_hits
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.errors import Conflict, NotFound
from backend.review.tables import Decision
from backend.row_sets import among
from backend.seeds.state import set_hits
from backend.seeds.tables import Seed, SeedRevision


def remove_benchmark(session: Session, benchmark_id: int) -> None:
    """Remove a benchmark; the hits that wait in its seeds are counted anew.

    Raises:
        NotFound: there is none of this number.
        Conflict: curators have decided on its hits, and the history must stay readable.
    """
    # Whoever stores what a check found holds all benchmarks from its start, then seeds: as we do.
    held = select(Benchmark).where(Benchmark.id == benchmark_id).with_for_update()
    benchmark = session.scalar(held)
    if benchmark is None:
        raise NotFound(f"there is no benchmark {benchmark_id}")
    items = select(BenchmarkItem.id).where(BenchmarkItem.benchmark_id == benchmark_id)
    theirs = DecontaminationHit.item_id.in_(items)
    seeds = _held_seeds(session, theirs)
    _refuse_decided(session, benchmark, theirs)
    session.execute(delete(DecontaminationHit).where(theirs))
    session.execute(delete(BenchmarkItem).where(BenchmarkItem.benchmark_id == benchmark_id))
    session.delete(benchmark)
    session.flush()
    set_hits(session, _waiting(session, seeds))


def _held_seeds(session: Session, theirs: ColumnElement[bool]) -> Sequence[int]:
    found = select(SeedRevision.seed_id).join(
        DecontaminationHit, DecontaminationHit.revision_id == SeedRevision.id
    )
    seeds = select(Seed.id).where(Seed.id.in_(found.where(theirs)))
    return session.scalars(seeds.order_by(Seed.id).with_for_update()).all()


def _refuse_decided(session: Session, benchmark: Benchmark, theirs: ColumnElement[bool]) -> None:
    hits = DecontaminationHit.id == Decision.hit_id
    decided = select(func.count(Decision.hit_id.distinct())).join(DecontaminationHit, hits)
    if count := session.scalar(decided.where(theirs)):
        message = f"{benchmark.name} stays: curators have decided on {count:,} of its hits"
        raise Conflict(message, code="decided_hits")


def _waiting(session: Session, seed_ids: Sequence[int]) -> dict[int, int]:
    counted = select(Seed.id, waiting_hits(Seed.revision_id.expression))
    return {row[0]: row[1] for row in session.execute(counted.where(among(Seed.id, seed_ids)))}

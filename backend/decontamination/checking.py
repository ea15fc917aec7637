"""Check seeds against the index, in batches that another worker may check at the same time.

A seed's `checked_index` is the fingerprint of the index that it was checked against, so a seed is
due whenever the two differ: it is new, it was reworded, or a benchmark changed. Nothing is held
while the texts are compared; a seed that changed meanwhile is left for the next pass.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.decontamination.index import POLICY_NAME, LoadedIndex, fingerprint
from backend.decontamination.tables import DecontaminationHit
from backend.review.tables import Decision
from backend.science.decontamination import Hit
from backend.seeds.state import set_hits
from backend.seeds.tables import Seed, SeedRevision

BATCH: Final = 200


class DueSeed(NamedTuple):
    """A seed to check, as it was read."""

    id: int
    revision_id: int
    checked_index: str | None
    prompt: str


class CheckedSeed(NamedTuple):
    """A seed and what was found in it."""

    seed: DueSeed
    hits: Sequence[Hit]


def count_due(session: Session, loaded: LoadedIndex) -> int:
    """How many living seeds are not checked against the index."""
    return session.scalar(select(func.count()).select_from(Seed).where(*_due(loaded))) or 0


def due_seeds(session: Session, loaded: LoadedIndex, after: int) -> list[DueSeed]:
    """The next seeds to check, by number."""
    wanted = (
        select(Seed.id, Seed.revision_id, Seed.checked_index, SeedRevision.prompt)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(*_due(loaded), Seed.id > after)
        .order_by(Seed.id)
        .limit(BATCH)
    )
    return [DueSeed(*row) for row in session.execute(wanted)]


def find(loaded: LoadedIndex, seeds: Sequence[DueSeed]) -> list[CheckedSeed]:
    """Compare the texts; no session is needed, none should be held."""
    return [CheckedSeed(seed, loaded.index.find_hits(seed.prompt)) for seed in seeds]


def store(session: Session, loaded: LoadedIndex, checked: Sequence[CheckedSeed]) -> None:
    """Write what was found, for the seeds that are still as they were read.

    Curators' words on known pairs stay. Open hits that are found no longer go, but for those that
    the history speaks of.
    """
    if fingerprint(session) != loaded.fingerprint:
        return  # a benchmark came in: what was found is out of date before it is written
    unchanged = _locked_unchanged(session, [seed.seed for seed in checked])
    checked = [found for found in checked if found.seed.id in unchanged]
    _write_hits(session, checked)
    _remove_lost(session, checked)
    set_hits(session, _open_counts(session, checked), loaded.fingerprint)


def _due(loaded: LoadedIndex) -> list[ColumnElement[bool]]:
    return [
        Seed.withdrawn_at.is_(None),
        Seed.checked_index.is_distinct_from(loaded.fingerprint),
    ]


def _locked_unchanged(session: Session, seeds: Sequence[DueSeed]) -> set[int]:
    read = {seed.id: (seed.revision_id, seed.checked_index) for seed in seeds}
    wanted = select(Seed.id, Seed.revision_id, Seed.checked_index).where(Seed.id.in_(read))
    locked = session.execute(wanted.order_by(Seed.id).with_for_update())
    # Another worker may have checked it against newer benchmarks: that must not be overwritten.
    return {seed_id for seed_id, *state in locked if tuple(state) == read[seed_id]}


def _write_hits(session: Session, checked: Sequence[CheckedSeed]) -> None:
    rows = [_row(found.seed, hit) for found in checked for hit in found.hits]
    if not rows:
        return
    new = insert(DecontaminationHit)
    evidence = (
        "method", "coverage_item", "coverage_seed", "longest_words", "spans", "policy",
    )  # fmt: skip
    session.execute(
        new.on_conflict_do_update(
            constraint="uq_decontamination_hit_pair",
            set_={name: new.excluded[name] for name in evidence},
        ),
        rows,
    )


def _row(seed: DueSeed, hit: Hit) -> dict[str, Any]:
    return {
        "revision_id": seed.revision_id, "item_id": int(hit.item_id), "method": hit.method,
        "coverage_item": hit.coverage_item, "coverage_seed": hit.coverage_seed,
        "longest_words": hit.longest_shared_words, "spans": [list(span) for span in hit.spans],
        "policy": POLICY_NAME,
    }  # fmt: skip


def _remove_lost(session: Session, checked: Sequence[CheckedSeed]) -> None:
    found = [(row.seed.revision_id, int(hit.item_id)) for row in checked for hit in row.hits]
    pair = tuple_(DecontaminationHit.revision_id, DecontaminationHit.item_id)
    spoken_of = select(Decision.id).where(Decision.hit_id == DecontaminationHit.id)
    session.execute(
        delete(DecontaminationHit).where(
            DecontaminationHit.revision_id.in_([row.seed.revision_id for row in checked]),
            DecontaminationHit.state == "open",
            pair.not_in(found),
            ~spoken_of.exists(),
        )
    )


def _open_counts(session: Session, checked: Sequence[CheckedSeed]) -> dict[int, int]:
    counted = (
        select(DecontaminationHit.revision_id, func.count())
        .where(
            DecontaminationHit.revision_id.in_([row.seed.revision_id for row in checked]),
            DecontaminationHit.state == "open",
        )
        .group_by(DecontaminationHit.revision_id)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
    return {row.seed.id: counts.get(row.seed.revision_id, 0) for row in checked}

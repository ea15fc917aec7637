"""The state that a seed carries beside its text: scores, hits, and what curators decided."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, String, column, func, select, update, values
from sqlalchemy.orm import Session

from backend.database import Json
from backend.errors import Conflict, NotFound
from backend.row_sets import among, given_rows, row_set
from backend.seeds.tables import Seed, SeedRevision

SCORES: Final = (
    "verdict", "score", "agreement", "reliability", "steps", "attention", "verdict_evidence",
    "step_counts",
)  # fmt: skip
STATE: Final = (
    "status", "flagged", "revision_id", "domain", "licence", *SCORES, "open_hits", "checked_index",
)  # fmt: skip
"""The fields that decisions may change and their undo puts back; all of them are JSON values."""


class SeedScores(NamedTuple):
    """What lists and filters need of a seed revision's teachability."""

    revision_id: int
    verdict: str
    score: float | None
    agreement: float | None
    reliability: float | None
    steps: int | None
    attention: float | None
    verdict_evidence: str | None = None
    step_counts: list[int] | None = None


_SCORED: Final = row_set("scored", {name: getattr(Seed, name) for name in SeedScores._fields})
_SET_SCORES: Final = (
    update(Seed)
    # Through the revision, because seeds have no index on their current one.
    .where(
        SeedRevision.id == _SCORED.c.revision_id,
        Seed.id == SeedRevision.seed_id,
        Seed.revision_id == SeedRevision.id,
    )
    .values({name: _SCORED.c[name] for name in SCORES})
    .execution_options(synchronize_session="fetch")
)


def set_scores(session: Session, rows: Sequence[SeedScores]) -> None:
    """Write scores to the seeds whose current revision they are of; others are left alone."""
    if not rows:
        return
    revision_ids = [row.revision_id for row in rows]
    _lock(session, select(SeedRevision.seed_id).where(among(SeedRevision.id, revision_ids)))
    session.execute(_SET_SCORES, given_rows([row._asdict() for row in rows]))


def set_hits(session: Session, counts: Mapping[int, int], checked_index: str) -> None:
    """Record each seed's number of open hits, and the benchmark index it was checked against."""
    if not counts:
        return
    counted = values(
        column("seed_id", BigInteger), column("open_hits", BigInteger),
        column("checked_index", String), name="counted",
    ).data([(seed_id, count, checked_index) for seed_id, count in counts.items()])  # fmt: skip
    _lock(session, list(counts))
    session.execute(
        update(Seed)
        .where(Seed.id == counted.c.seed_id)
        .values(open_hits=counted.c.open_hits, checked_index=counted.c.checked_index)
        .execution_options(synchronize_session="fetch")
    )


def apply_state(session: Session, seed_id: int, changes: Mapping[str, Any]) -> Json:
    """Set fields of `STATE` on a living seed; returns what they were before.

    Raises:
        NotFound: no living seed has this number.
        Conflict: an earlier revision is wanted back, but another seed has its prompt by now.
    """
    if unknown := set(changes) - set(STATE):
        raise ValueError(f"not state of a seed: {sorted(unknown)}")
    seed = session.get(Seed, seed_id, with_for_update=True, populate_existing=True)
    if seed is None or seed.withdrawn_at is not None:
        raise NotFound(f"there is no seed {seed_id}")
    before = {name: getattr(seed, name) for name in changes}
    if (revision_id := changes.get("revision_id")) not in (None, seed.revision_id):
        _return_to(session, seed, revision_id)
    for name, value in changes.items():
        setattr(seed, name, value)
    session.flush()
    return before


def holder_of(session: Session, content_hash: bytes, besides: int) -> int | None:
    """The living seed, other than `besides`, that has this content."""
    return session.scalar(
        select(Seed.id).where(
            Seed.content_hash == content_hash, Seed.withdrawn_at.is_(None), Seed.id != besides
        )
    )


def _return_to(session: Session, seed: Seed, revision_id: int) -> None:
    revision = session.get(SeedRevision, revision_id)
    if revision is None or revision.seed_id != seed.id:
        raise NotFound(f"seed {seed.id} has no revision {revision_id}")
    holder = holder_of(session, revision.content_hash, seed.id)
    if holder is not None:
        raise Conflict(f"seed {holder} has the prompt of that revision by now", code="duplicate")
    seed.content_hash = revision.content_hash


def _lock(session: Session, seed_ids: Any) -> None:
    # Whoever writes many seeds locks them in this order, so that writers never wait in a circle.
    locked = select(Seed.id).where(Seed.id.in_(seed_ids)).order_by(Seed.id).with_for_update()
    session.execute(select(func.count()).select_from(locked.subquery()))

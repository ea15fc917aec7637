"""The state that a seed carries beside its text: scores, hits, and what curators decided."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, cast, column, func, select, update, values
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.database import Json
from backend.errors import Conflict, NotFound
from backend.row_sets import among, given_rows, row_set
from backend.seeds.tables import Seed, SeedRevision

SCORES: Final = (
    "verdict", "score", "agreement", "reliability", "steps", "attention", "verdict_evidence",
    "step_counts", "margin", "tie", "interval_width", "judge_gap", "key_conflict",
)  # fmt: skip
STATE: Final = (
    "status", "flagged", "tags", "revision_id", "answer_origin", "domain", "licence", *SCORES,
    "open_hits", "checked_index",
)  # fmt: skip
"""The fields that decisions and imports change and their undo puts back; all are JSON values."""
_ATTRIBUTES: Final[dict[str, InstrumentedAttribute[Any]]] = {
    name: getattr(Seed, name) for name in STATE
} | {"metadata": Seed.extra}


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
    margin: float | None = None
    tie: bool | None = None
    interval_width: float | None = None
    judge_gap: float | None = None
    key_conflict: bool | None = None


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


def set_hits(session: Session, counts: Mapping[int, int], checked_index: int | None = None) -> None:
    """Record how many hits of each seed wait, and the index version that it was checked against.

    Without an index, seeds stay as they were checked.
    """
    if not counts:
        return
    counted = values(
        column("seed_id", BigInteger), column("open_hits", BigInteger),
        column("checked_index", BigInteger), name="counted",
    ).data([(seed_id, count, checked_index) for seed_id, count in counts.items()])  # fmt: skip
    _lock(session, list(counts))
    session.execute(
        update(Seed)
        .where(Seed.id == counted.c.seed_id)
        .values(
            open_hits=counted.c.open_hits,
            checked_index=func.coalesce(
                cast(counted.c.checked_index, BigInteger), Seed.checked_index
            ),
        )
        .execution_options(synchronize_session="fetch")
    )


def state_attribute(field: str) -> InstrumentedAttribute[Any]:
    """The attribute of `Seed` that holds a field of its state."""
    return _ATTRIBUTES[field]


def apply_state(session: Session, seed_id: int, changes: Mapping[str, Any]) -> Json:
    """Set fields of `STATE`, or `metadata`, on a living seed; returns what they were before.

    With another wording all scores are others: those that are not given are unknown.

    Raises:
        NotFound: no living seed has this number.
        Conflict: an earlier revision is wanted back, but another seed has its prompt by now.
    """
    if unknown := set(changes) - set(_ATTRIBUTES):
        raise ValueError(f"not state of a seed: {sorted(unknown)}")
    seed = session.get(Seed, seed_id, with_for_update=True, populate_existing=True)
    if seed is None or seed.withdrawn_at is not None:
        raise NotFound(f"there is no seed {seed_id}")
    if (revision_id := changes.get("revision_id")) not in (None, seed.revision_id):
        _return_to(session, seed, revision_id)
        changes = {**dict.fromkeys(SCORES), **changes}
    before = {name: getattr(seed, state_attribute(name).key) for name in changes}
    for name, value in changes.items():
        setattr(seed, state_attribute(name).key, value)
    session.flush()
    return before


def state_of(seed: Seed) -> Json:
    """The fields of `STATE` as they are now."""
    return {name: getattr(seed, name) for name in STATE}


def changes_since(seed: Seed, before: Json) -> tuple[Json, Json]:
    """The fields of `STATE` that are others by now: as they were, and as they are."""
    changed = [name for name in STATE if getattr(seed, name) != before[name]]
    was = {name: before[name] for name in changed}
    return was, {name: getattr(seed, name) for name in changed}


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

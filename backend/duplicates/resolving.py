"""Resolve a group through decisions, all of one batch, so that one undo takes all of it back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.duplicates.merging import taken_over
from backend.duplicates.schemas import Dismissal, KeepOne, Resolved
from backend.duplicates.tables import DuplicateGroup, DuplicateMember, DuplicateSketch
from backend.errors import Conflict, NotFound
from backend.review import batches
from backend.review.effects import apply, lock_seeds
from backend.review.history import record
from backend.review.tables import Decision
from backend.seeds.lists import seed_rows
from backend.seeds.tables import Seed


def keep_one(session: Session, user: User, group_id: int, body: KeepOne) -> Resolved:
    """Keep one seed of a group, which takes over what the others know, and reject the others.

    Seeds that are rejected already stay so for the reason that they have.

    Args:
        session: the caller's; flushed, not committed.
        user: who decides.
        group_id: the group.
        body: which seed to keep, and which were seen.

    Raises:
        NotFound: there is no such group, or the seed is not in it.
        Conflict: the seed was rejected.
    """
    batch = batches.begin(session, user, body.token, "keep_duplicate")
    if batch is None:
        return _resolved(session, body.token)
    seeds = _held(session, group_id, body.seed_ids, body.seed_id)
    kept = seeds.pop(body.seed_id, None)
    if kept is None:
        message = f"seed {body.seed_id} is not in group {group_id}"
        raise NotFound(message, field="seed_id")
    if kept.status == "rejected":
        message = f"seed {kept.id} was rejected: undo that first, or keep another"
        raise Conflict(message, field="seed_id", code="rejected")
    others = [seed for seed in seeds.values() if seed.status != "rejected"]
    if others:
        _take_over(session, user, kept, others, body.token)
    for seed in others:
        _record(
            session, user, seed, "reject", body.token, {"status": "rejected"},
            f"duplicate of seed {kept.id}",
        )  # fmt: skip
    batch.reason = f"seed {kept.id} kept of its duplicates"
    batch.count = len(others) + bool(others)
    session.flush()
    return _resolved(session, body.token)


def dismiss(session: Session, user: User, group_id: int, body: Dismissal) -> Resolved:
    """Say that the seeds of a group are no duplicates of each other, as long as they read so.

    Raises:
        NotFound: there is no such group.
    """
    batch = batches.begin(session, user, body.token, "dismiss_duplicates")
    if batch is None:
        return _resolved(session, body.token)
    seeds = _held(session, group_id, body.seed_ids)
    for seed in seeds.values():
        _record(session, user, seed, "dismiss_duplicates", body.token, {}, None)
    batch.count = len(seeds)
    session.flush()
    return _resolved(session, body.token)


def _held(
    session: Session, group_id: int, seen: Sequence[int] | None, *besides: int
) -> dict[int, Seed]:
    """The seeds of a group that the caller saw, locked; the leader first, then by number.

    Those that were withdrawn or reworded since they were compared are left out.
    """
    leader_id = session.scalar(
        select(DuplicateGroup.leader_id).where(DuplicateGroup.id == group_id)
    )
    if leader_id is None:
        raise NotFound(f"there is no group {group_id} any more")
    members = select(DuplicateMember.seed_id).where(DuplicateMember.group_id == group_id)
    wanted = [leader_id, *sorted(session.scalars(members))]
    if seen is not None:
        wanted = [seed_id for seed_id in wanted if seed_id in {*seen, *besides}]
    locked = lock_seeds(session, wanted)
    sketches = select(DuplicateSketch).where(DuplicateSketch.seed_id.in_(wanted))
    compared = {sketch.seed_id: sketch.revision_id for sketch in session.scalars(sketches)}
    return {
        seed_id: seed
        for seed_id in wanted
        if (seed := locked[seed_id]).withdrawn_at is None
        and seed.revision_id == compared.get(seed_id)
    }


def _take_over(
    session: Session, user: User, kept: Seed, others: Sequence[Seed], batch: UUID
) -> None:
    rows = {row.id: row for row in seed_rows(session, [kept.id, *(seed.id for seed in others)])}
    changes = taken_over(rows[kept.id], kept.extra, [(rows[s.id], s.extra) for s in others])
    named = ", ".join(str(seed.id) for seed in others[:5])
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    reason = f"kept of its duplicates, seeds {named}{more}"
    _record(session, user, kept, "edit", batch, changes, reason)


def _record(
    session: Session,
    user: User,
    seed: Seed,
    kind: str,
    batch: UUID,
    changes: dict[str, object],
    reason: str | None,
) -> None:
    before = apply(session, seed, None, changes)
    record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=kind,
        reason=reason, before=before, after=changes, batch=batch,
    )  # fmt: skip


def _resolved(session: Session, batch: UUID) -> Resolved:
    """What the batch did."""
    edited = select(Decision.after).where(Decision.batch == batch, Decision.kind == "edit")
    taken = sorted(session.scalar(edited.limit(1)) or {})
    return Resolved(count=batches.get(session, batch).count, taken_over=taken, batch=batch)

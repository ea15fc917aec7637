"""One decision for many seeds, and its undo: one statement, one event a seed, one batch for all.

The caller's token is the batch, so that a repeated request has no second effect.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Update,
    and_,
    cast,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.decontamination.hits import confirmed_in
from backend.errors import NotFound
from backend.review.effects import CHANGES
from backend.review.results import BulkResult
from backend.review.schemas import BatchUndo, BulkCreate
from backend.review.tables import Decision
from backend.review.undo import kind_of_undoing
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.tables import Seed, SeedRevision

_CONTAMINATED = or_(Seed.open_hits > 0, confirmed_in(Seed.revision_id.expression))


def decide_in_bulk(session: Session, user: User, body: BulkCreate) -> BulkResult:
    """Decide on all seeds of a filter or a list that do not stand so already.

    Contaminated seeds cannot be accepted: they are left alone and counted.
    """
    [(field, value)] = CHANGES[body.kind].items()
    changing = [*_meant(body), getattr(Seed, field) != value]
    kept_out = _CONTAMINATED if body.kind == "accept" else literal(False)
    wanted = (
        select(
            Seed.id.label("seed_id"),
            Seed.revision_id,
            func.jsonb_build_object(field, getattr(Seed, field)).label("before"),
            literal({field: value}, JSONB).label("after"),
            cast(null(), Decision.undoes_id.type).label("undoes_id"),
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(*changing)
    )
    left_out = _count(session, wanted.where(kept_out))
    allowed = wanted.where(not_(kept_out))
    if body.dry_run:
        return BulkResult(count=_count(session, allowed), left_out=left_out, batch=body.token)
    count = _stored(session, body.token)
    if not count:
        count = _write(session, allowed, field, user, body.kind, body.reason, body.token)
    return BulkResult(count=count, left_out=left_out, batch=body.token)


def undo_batch(session: Session, user: User, body: BatchUndo) -> BulkResult:
    """Take a bulk action back as one; its own batch can be undone in turn.

    Seeds that were decided again since keep the later word: they are left alone and counted.

    Raises:
        NotFound: there is no such batch.
    """
    first = session.scalar(select(Decision).where(Decision.batch == body.batch).limit(1))
    if first is None:
        raise NotFound(f"there is no batch {body.batch}", field="batch")
    [field] = first.after
    kind = kind_of_undoing(session, first)
    kept_out = _decided_again(field)
    if kind == "accept":
        kept_out = or_(kept_out, _CONTAMINATED)
    wanted = (
        select(
            Seed.id.label("seed_id"),
            Seed.revision_id,
            func.jsonb_build_object(field, getattr(Seed, field)).label("before"),
            Decision.before.label("after"),
            Decision.id.label("undoes_id"),
        )
        .join(Decision, Decision.seed_id == Seed.id)
        .where(Decision.batch == body.batch, _stands(Decision), Seed.withdrawn_at.is_(None))
    )
    left_out = _count(session, wanted.where(kept_out))
    count = _stored(session, body.token)
    if not count:
        allowed = wanted.where(not_(kept_out))
        count = _write(session, allowed, field, user, kind, None, body.token)
    return BulkResult(count=count, left_out=left_out, batch=body.token)


def _meant(body: BulkCreate) -> list[ColumnElement[bool]]:
    if body.filter is not None:
        return conditions(body.filter)
    return [*conditions(SeedFilter()), Seed.id.in_(body.seed_ids or [])]


def _count(session: Session, wanted: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _stored(session: Session, batch: UUID) -> int:
    """How many events the batch has; whoever else sends the same token waits until we are done."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(batch), 0))))
    stored = select(func.count()).where(Decision.batch == batch)
    return session.scalar(stored) or 0


def _write(
    session: Session,
    wanted: Select[Any],
    field: str,
    user: User,
    kind: str,
    reason: str | None,
    batch: UUID,
) -> int:
    # Locked in the order of the ids, as everywhere.
    target = wanted.order_by(Seed.id).with_for_update(of=Seed).cte("target")
    events = select(
        target.c.seed_id, target.c.revision_id, target.c.before, target.c.after, target.c.undoes_id,
        literal(user.id), literal(kind), literal(reason, Decision.reason.type), literal(batch),
    )  # fmt: skip
    columns = [
        "seed_id", "revision_id", "before", "after", "undoes_id", "user_id", "kind", "reason",
        "batch",
    ]  # fmt: skip
    statement = insert(Decision).from_select(columns, events).add_cte(_set(field, target))
    stored = session.scalars(statement.returning(Decision.id)).all()
    session.expire_all()
    return len(stored)


def _set(field: str, target: CTE) -> CTE:
    value = cast(target.c.after[field].astext, getattr(Seed, field).type)
    changed: Update = update(Seed).where(Seed.id == target.c.seed_id).values({field: value})
    return changed.cte("changed")


def _stands(event: Any) -> ColumnElement[bool]:
    undoing = aliased(Decision)
    return ~select(undoing.id).where(undoing.undoes_id == event.id).exists()


def _decided_again(field: str) -> ColumnElement[bool]:
    later = aliased(Decision)
    took_back_later = and_(later.kind == "undo", later.undoes_id > Decision.id)
    return (
        select(later.id)
        .where(
            later.seed_id == Decision.seed_id,
            later.id > Decision.id,
            later.after.has_key(field),
            _stands(later),
            not_(took_back_later),
        )
        .correlate(Decision)
        .exists()
    )

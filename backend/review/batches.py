"""Bulk actions, each one row beside its events."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import Json
from backend.errors import Conflict, NotFound
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.review.results import BatchOut
from backend.review.tables import DecisionBatch


def begin(
    session: Session,
    user: User,
    batch: UUID,
    kind: str,
    *,
    reason: str | None = None,
    filter: Json | None = None,
    changes: Json | None = None,
    undoes: UUID | None = None,
) -> DecisionBatch | None:
    """A new batch; None where the same request has been sent before.

    Whoever sends the same token meanwhile waits until we are done.

    Raises:
        Conflict: the token stands for another action.
    """
    values: dict[str, Any] = {
        "batch": batch, "user_id": user.id, "kind": kind, "reason": reason, "filter": filter,
        "changes": changes, "undoes": undoes,
    }  # fmt: skip
    added = session.scalar(
        insert(DecisionBatch)
        .values(values)
        .on_conflict_do_nothing(index_elements=[DecisionBatch.batch])
        .returning(DecisionBatch)
    )
    if added is None:
        earlier = get(session, batch)
        known = (earlier.user_id, earlier.kind, earlier.undoes, earlier.changes)
        if known != (user.id, kind, undoes, changes):
            message = f"the token stands for another bulk action ({earlier.kind})"
            raise Conflict(message, field="token", code="token_reused")
    return added


def get(session: Session, batch: UUID) -> DecisionBatch:
    """The batch of a token.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(DecisionBatch)
        .where(DecisionBatch.batch == batch)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"there is no batch {batch}", field="batch")
    return found


def add_counts(
    session: Session, batch: UUID, *, count: int = 0, left_out: int = 0, undone: int = 0
) -> None:
    """Count what was done. Call it after the seeds are held, so that nobody waits in a circle."""
    session.execute(
        update(DecisionBatch)
        .where(DecisionBatch.batch == batch)
        .values(
            count=DecisionBatch.count + count,
            left_out=DecisionBatch.left_out + left_out,
            undone_count=DecisionBatch.undone_count + undone,
        )
    )


def read(session: Session, batch: UUID) -> BatchOut:
    """One batch as callers see it.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(wanted_batches().where(DecisionBatch.batch == batch)).first()
    if row is None:
        raise NotFound(f"there is no batch {batch}", field="batch")
    return shown(row)


def list_batches(session: Session, paging: PageQuery) -> Page[BatchOut]:
    """A page of the bulk actions, newest first; those that changed nothing are left out."""
    wanted = wanted_batches().order_by(DecisionBatch.id.desc()).limit(paging.limit + 1)
    if paging.after is not None:
        wanted = wanted.where(DecisionBatch.id < decode_cursor(paging.after, [(int,)])[0])
    rows = session.execute(wanted).all()
    items = [shown(row) for row in rows[: paging.limit]]
    more = len(rows) > paging.limit
    return Page(items=items, next=encode_cursor([items[-1].id]) if more else None)


def wanted_batches() -> Select[DecisionBatch, str, Job | None, UUID | None]:
    """Batches that did something or are about to, with what the caller sees of each."""
    later = aliased(DecisionBatch)
    undone_by = (
        select(later.batch)
        .where(later.undoes == DecisionBatch.batch, or_(later.count > 0, later.job_id.is_not(None)))
        .order_by(later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(DecisionBatch, User.name, Job, undone_by)
        .join(User, User.id == DecisionBatch.user_id)
        .outerjoin(Job, Job.id == DecisionBatch.job_id)
        .where(or_(DecisionBatch.count > 0, DecisionBatch.job_id.is_not(None)))
    )


def shown(row: Row[DecisionBatch, str, Job | None, UUID | None]) -> BatchOut:
    """A row of `wanted_batches` as callers see it."""
    batch, user, job, undone_by = row
    return BatchOut(
        id=batch.id, batch=batch.batch, user=user, kind=batch.kind, reason=batch.reason,
        filter=batch.filter, changes=batch.changes, count=batch.count, left_out=batch.left_out,
        undone_count=batch.undone_count, undoes=batch.undoes, undone_by=undone_by,
        job=None if job is None else JobOut.model_validate(job), created_at=batch.created_at,
    )  # fmt: skip

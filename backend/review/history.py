"""The history: events are added, never changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import Json
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.review.schemas import DecisionOut
from backend.review.tables import Decision

_Undoing = aliased(Decision)


def record(
    session: Session,
    *,
    seed_id: int,
    revision_id: int,
    user_id: int,
    kind: str,
    reason: str | None = None,
    before: Json,
    after: Json,
    hit_id: int | None = None,
    token: UUID | None = None,
    batch: UUID | None = None,
    undoes_id: int | None = None,
) -> Decision:
    """Add an event; `before` and `after` hold exactly the fields that it changed."""
    decision = Decision(
        seed_id=seed_id, revision_id=revision_id, user_id=user_id, kind=kind, reason=reason,
        before=before, after=after, hit_id=hit_id, token=token, batch=batch, undoes_id=undoes_id,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    return decision


def history_of(session: Session, seed_ids: Sequence[int]) -> dict[int, list[DecisionOut]]:
    """Each seed's events, newest first; every seed asked for is a key."""
    history: dict[int, list[DecisionOut]] = {seed_id: [] for seed_id in seed_ids}
    wanted = _events().where(Decision.seed_id.in_(seed_ids)).order_by(Decision.id.desc())
    for row in session.execute(wanted):
        event = _shown(row)
        history[event.seed_id].append(event)
    return history


def read(session: Session, decision_id: int) -> DecisionOut:
    """One event as callers see it."""
    return _shown(session.execute(_events().where(Decision.id == decision_id)).one())


def list_decisions(
    session: Session, paging: PageQuery, *, seed_id: int | None, user_id: int | None
) -> Page[DecisionOut]:
    """A page of the history, newest first."""
    wanted = _events().order_by(Decision.id.desc()).limit(paging.limit + 1)
    if seed_id is not None:
        wanted = wanted.where(Decision.seed_id == seed_id)
    if user_id is not None:
        wanted = wanted.where(Decision.user_id == user_id)
    if paging.after is not None:
        wanted = wanted.where(Decision.id < decode_cursor(paging.after, [(int,)])[0])
    events = [_shown(row) for row in session.execute(wanted)]
    items = events[: paging.limit]
    return Page(
        items=items, next=encode_cursor([items[-1].id]) if len(events) > paging.limit else None
    )


def _events() -> Select[Decision, str, int | None]:
    return (
        select(Decision, User.name, _Undoing.id)
        .join(User, User.id == Decision.user_id)
        .outerjoin(_Undoing, _Undoing.undoes_id == Decision.id)
    )


def _shown(row: Row[Decision, str, int | None]) -> DecisionOut:
    event, user, undone_by = row
    return DecisionOut(
        id=event.id, seed_id=event.seed_id, revision_id=event.revision_id, user=user,
        kind=event.kind, reason=event.reason, hit_id=event.hit_id, before=event.before,
        after=event.after, undoes_id=event.undoes_id, undone_by=undone_by, batch=event.batch,
        created_at=event.created_at,
    )  # fmt: skip

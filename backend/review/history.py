"""The history: events are added, never changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import Json
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.review.results import Undone
from backend.review.schemas import DecisionFilter, DecisionOut
from backend.review.tables import Decision
from backend.review_queues.blindness import shown_to
from backend.seeds.lists import seed_rows
from backend.seeds.tables import Seed

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
    sample_id: int | None = None,
    token: UUID | None = None,
    batch: UUID | None = None,
    undoes_id: int | None = None,
    queue_id: int | None = None,
) -> Decision:
    """Add an event; `before` and `after` hold exactly the fields that it changed."""
    decision = Decision(
        seed_id=seed_id, revision_id=revision_id, user_id=user_id, kind=kind, reason=reason,
        before=before, after=after, hit_id=hit_id, sample_id=sample_id, token=token, batch=batch,
        undoes_id=undoes_id, queue_id=queue_id,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    return decision


def history_of(
    session: Session, viewer: User, seed_ids: Sequence[int]
) -> dict[int, list[DecisionOut]]:
    """Each seed's events that the viewer may see, newest first; every seed asked for is a key."""
    history: dict[int, list[DecisionOut]] = {seed_id: [] for seed_id in seed_ids}
    wanted = _events(viewer).where(Decision.seed_id.in_(seed_ids)).order_by(Decision.id.desc())
    for row in session.execute(wanted):
        event = shown(row)
        history[event.seed_id].append(event)
    return history


def read(session: Session, viewer: User, decision_id: int) -> DecisionOut:
    """One event as callers see it."""
    return shown(session.execute(_events(viewer).where(Decision.id == decision_id)).one())


def undone(session: Session, viewer: User, event: Decision) -> Undone:
    """An event that took another back, and the seed after it."""
    [seed] = seed_rows(session, [event.seed_id])
    return Undone(decision=read(session, viewer, event.id), seed=seed)


def list_decisions(
    session: Session, viewer: User, paging: PageQuery, chosen: DecisionFilter
) -> Page[DecisionOut]:
    """A page of the history that the viewer may see, newest first."""
    wanted = wanted_decisions(viewer, chosen).limit(paging.limit + 1)
    if paging.after is not None:
        wanted = wanted.where(Decision.id < decode_cursor(paging.after, [(int,)])[0])
    events = [shown(row) for row in session.execute(wanted)]
    items = events[: paging.limit]
    return Page(
        items=items, next=encode_cursor([items[-1].id]) if len(events) > paging.limit else None
    )


def wanted_decisions(
    viewer: User, chosen: DecisionFilter
) -> Select[Decision, str, int | None, int]:
    """The events under a filter that the viewer may see, newest first."""
    wanted = _events(viewer).order_by(Decision.id.desc())
    for column, value in (
        (Decision.seed_id, chosen.seed_id),
        (Decision.user_id, chosen.user_id),
        (Decision.kind, chosen.kind),
        (Decision.batch, chosen.batch),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    if chosen.user is not None:
        # A value, not a join: the index of one user's events is chosen by it.
        named = select(User.id).where(User.name == chosen.user).scalar_subquery()
        wanted = wanted.where(Decision.user_id == named)
    if chosen.since is not None:
        wanted = wanted.where(Decision.created_at >= chosen.since)
    if chosen.singles_only:
        wanted = wanted.where(Decision.batch.is_(None))
    return wanted


def _events(viewer: User) -> Select[Decision, str, int | None, int]:
    return (
        select(Decision, User.name, _Undoing.id, Seed.revision_id)
        .join(User, User.id == Decision.user_id)
        .join(Seed, Seed.id == Decision.seed_id)
        .outerjoin(_Undoing, _Undoing.undoes_id == Decision.id)
        .where(shown_to(viewer))
    )


def shown(row: Row[Decision, str, int | None, int]) -> DecisionOut:
    """An event as callers see it."""
    event, user, undone_by, current = row
    return DecisionOut(
        id=event.id, seed_id=event.seed_id, revision_id=event.revision_id, user=user,
        kind=event.kind, reason=event.reason, hit_id=event.hit_id, sample_id=event.sample_id,
        before=event.before, after=event.after, undoes_id=event.undoes_id, undone_by=undone_by,
        batch=event.batch, queue_id=event.queue_id,
        stale="opinion" in event.after and event.revision_id != current,
        created_at=event.created_at,
    )  # fmt: skip

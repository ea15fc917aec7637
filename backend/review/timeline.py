"""The history as people read it: single decisions and whole bulk actions, newest first."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.paging import Page, decode_cursor, encode_cursor
from backend.review import batches, history
from backend.review.results import BatchOut, HistoryEntry
from backend.review.schemas import DecisionFilter, DecisionOut, HistoryQuery
from backend.review.tables import Decision, DecisionBatch
from backend.review_queues.blindness import shown_to
from backend.seeds.tables import Seed

_Cursor = tuple[int | None, int | None]


def list_history(session: Session, viewer: User, query: HistoryQuery) -> Page[HistoryEntry]:
    """A page of the history that the viewer may see.

    Decisions and bulk actions are each in the order of their numbers, which are merged by time: the
    cursor holds how far the page came in either.
    """
    after: _Cursor = (None, None)
    if query.after is not None:
        number = (int, type(None))
        singles_after, bulk_after = decode_cursor(query.after, [number, number])
        after = (singles_after, bulk_after)
    singles = [] if query.only == "bulk" else _singles(session, viewer, query, after[0])
    bulk = [] if query.only == "single" else _bulk(session, query, after[1])
    return _merged(singles, bulk, query.limit, after)


def people(session: Session, viewer: User) -> list[str]:
    """The names of those with events that the viewer may see, or bulk actions, in order."""
    single = (
        select(Decision.id)
        .join(Seed, Seed.id == Decision.seed_id)
        .where(Decision.user_id == User.id, shown_to(viewer))
        .exists()
    )
    bulk = select(DecisionBatch.id).where(DecisionBatch.user_id == User.id).exists()
    return list(session.scalars(select(User.name).where(or_(single, bulk)).order_by(User.name)))


def _merged(
    singles: Sequence[DecisionOut], bulk: Sequence[BatchOut], limit: int, after: _Cursor
) -> Page[HistoryEntry]:
    items: list[HistoryEntry] = []
    single = batch = 0
    while len(items) < limit and (single < len(singles) or batch < len(bulk)):
        takes_single = batch == len(bulk) or (
            single < len(singles) and singles[single].created_at >= bulk[batch].created_at
        )
        if takes_single:
            items.append(HistoryEntry(decision=singles[single]))
            single += 1
        else:
            items.append(HistoryEntry(batch=bulk[batch]))
            batch += 1
    if single == len(singles) and batch == len(bulk):
        return Page(items=items, next=None)
    came_to = (
        singles[single - 1].id if single else after[0],
        bulk[batch - 1].id if batch else after[1],
    )
    return Page(items=items, next=encode_cursor(came_to))


def _singles(
    session: Session, viewer: User, query: HistoryQuery, after: int | None
) -> list[DecisionOut]:
    chosen = DecisionFilter(
        user=query.user, kind=query.kind, since=query.since, singles_only=True
    )  # fmt: skip
    wanted = history.wanted_decisions(viewer, chosen).limit(query.limit + 1)
    if after is not None:
        wanted = wanted.where(Decision.id < after)
    return [history.shown(row) for row in session.execute(wanted)]


def _bulk(session: Session, query: HistoryQuery, after: int | None) -> list[BatchOut]:
    wanted = batches.wanted_batches().order_by(DecisionBatch.id.desc()).limit(query.limit + 1)
    if query.user is not None:
        named = select(User.id).where(User.name == query.user).scalar_subquery()
        wanted = wanted.where(DecisionBatch.user_id == named)
    if query.kind is not None:
        wanted = wanted.where(DecisionBatch.kind == query.kind)
    if query.since is not None:
        wanted = wanted.where(DecisionBatch.created_at >= query.since)
    if after is not None:
        wanted = wanted.where(DecisionBatch.id < after)
    return [batches.shown(row) for row in session.execute(wanted)]

"""Take seeds down, and lift that again; both stay on record."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.errors import NotFound
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.proposals.tables import SeedParent
from backend.row_sets import among
from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.tables import Seed
from backend.takedowns.schemas import (
    TakedownBatch,
    TakedownCreate,
    TakedownOut,
    TakedownQuery,
    TakedownResult,
)
from backend.takedowns.tables import STANDS, SeedTakedown, is_taken_down


def take_down(session: Session, user: User, body: TakedownCreate) -> TakedownResult:
    """Mark seeds as not to be used; those that are so already are left as they are.

    Of seeds that are named also those whose import was taken back: another can bring them again. A
    repeated token changes nothing and counts what it did the first time.
    """
    already = _already(session, body)
    if body.dry_run:
        return TakedownResult(
            batch=body.token, count=_rows(session, _meant(body)), already=already,
            children=_children(session, body),
        )  # fmt: skip
    if not session.scalar(select(exists().where(SeedTakedown.batch == body.token))):
        # Who takes the same seeds down at the same moment has done it for both.
        session.execute(
            insert(SeedTakedown)
            .from_select(
                ["seed_id", "reason", "note", "batch", "created_by"],
                _held(body).with_only_columns(
                    Seed.id, literal(body.reason), literal(body.note), literal(body.token),
                    literal(user.id), maintain_column_froms=True,
                ),
            )
            .on_conflict_do_nothing(index_elements=["seed_id"], index_where=STANDS)
        )  # fmt: skip
    return TakedownResult(
        batch=body.token, count=_count(session, body.token), already=already,
        children=_children(session, body),
    )  # fmt: skip


def lift(session: Session, user: User, batch: UUID) -> TakedownResult:
    """Let seeds be used again that were taken down at once; a second time does nothing.

    Raises:
        NotFound: nothing was taken down under this token.
    """
    if not session.scalar(select(exists().where(SeedTakedown.batch == batch))):
        raise NotFound(f"nothing was taken down under {batch}")
    session.execute(
        update(SeedTakedown)
        .where(SeedTakedown.batch == batch, SeedTakedown.lifted_at.is_(None))
        .values(lifted_at=func.now(), lifted_by=user.id)
    )
    return TakedownResult(batch=batch, count=_count(session, batch))


def list_takedowns(session: Session, query: TakedownQuery) -> Page[TakedownOut]:
    """The newest first."""
    rows = session.execute(_listed(query).limit(query.limit + 1)).all()
    shown = [_out(*row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return Page(items=shown, next=encode_cursor([shown[-1].id]) if more else None)


def list_batches(session: Session, page: PageQuery) -> Page[TakedownBatch]:
    """What was taken down at once, the newest first, with what of it still stands."""
    wanted = _batches().limit(page.limit + 1)
    if page.after is not None:
        before = decode_cursor(page.after, [(int,)])[0]
        wanted = wanted.having(func.max(SeedTakedown.id) < before)
    rows = session.execute(wanted).all()
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return Page(
        items=[TakedownBatch.model_validate(row, from_attributes=True) for row in shown],
        next=encode_cursor([shown[-1].last]) if more else None,
    )


def _batches() -> Select[*tuple[Any, ...]]:
    lifter = aliased(User)
    return (
        select(
            SeedTakedown.batch, SeedTakedown.reason, SeedTakedown.note, User.name.label("user"),
            func.min(SeedTakedown.created_at).label("created_at"), func.count().label("seeds"),
            func.count().filter(SeedTakedown.lifted_at.is_(None)).label("standing"),
            func.min(SeedTakedown.seed_id).label("first_seed_id"),
            func.max(lifter.name).label("lifted_by"),
            func.max(SeedTakedown.lifted_at).label("lifted_at"),
            func.max(SeedTakedown.id).label("last"),
        )
        .join(User, User.id == SeedTakedown.created_by)
        .outerjoin(lifter, lifter.id == SeedTakedown.lifted_by)
        .group_by(SeedTakedown.batch, SeedTakedown.reason, SeedTakedown.note, User.name)
        .order_by(func.max(SeedTakedown.id).desc())
    )  # fmt: skip


def _held(body: TakedownCreate) -> Select[int]:
    """The seeds that are meant, held in the order of their numbers, as everywhere."""
    return _meant(body).order_by(Seed.id).with_for_update(of=Seed)


def _already(session: Session, body: TakedownCreate) -> int:
    standing = SeedTakedown.lifted_at.is_(None) & (SeedTakedown.batch != body.token)
    held = select(func.count()).where(standing, SeedTakedown.seed_id.in_(_wanted(body)))
    return session.scalar(held) or 0


def _children(session: Session, body: TakedownCreate) -> int:
    """How many living children may be used after this."""
    if body.with_children:
        return 0
    free = _made_from(_named(body)).where(
        ~is_taken_down(Seed.id.expression), Seed.id.not_in(_named(body))
    )
    return _rows(session, free)


def _meant(body: TakedownCreate) -> Select[int]:
    return _wanted(body).where(~is_taken_down(Seed.id.expression))


def _wanted(body: TakedownCreate) -> Select[int]:
    named = _named(body)
    if not body.with_children:
        return named
    return select(Seed.id).where(Seed.id.in_(union(named, _made_from(named))))


def _made_from(named: Select[int]) -> Select[int]:
    """The living seeds that models have made from others, and from those in turn."""
    made = (
        select(SeedParent.seed_id)
        .where(SeedParent.parent_id.in_(named))
        .cte("made_from", recursive=True)
    )
    made = made.union(select(SeedParent.seed_id).where(SeedParent.parent_id == made.c.seed_id))
    return select(Seed.id).where(Seed.id.in_(select(made.c.seed_id)), Seed.withdrawn_at.is_(None))


def _named(body: TakedownCreate) -> Select[int]:
    if body.seed_ids is not None:
        return select(Seed.id).where(among(Seed.id, body.seed_ids))
    return matching_seed_ids(body.filter or SeedFilter())


def _rows(session: Session, wanted: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _count(session: Session, batch: UUID) -> int:
    counted = select(func.count()).where(SeedTakedown.batch == batch)
    return session.scalar(counted) or 0


def _listed(query: TakedownQuery) -> Select[SeedTakedown, str, str]:
    lifter = aliased(User)
    wanted = (
        select(SeedTakedown, User.name, lifter.name)
        .join(User, User.id == SeedTakedown.created_by)
        .outerjoin(lifter, lifter.id == SeedTakedown.lifted_by)
        .order_by(SeedTakedown.id.desc())
        .execution_options(populate_existing=True)
    )
    if query.seed_id is not None:
        wanted = wanted.where(SeedTakedown.seed_id == query.seed_id)
    if query.standing:
        wanted = wanted.where(SeedTakedown.lifted_at.is_(None))
    if query.after is not None:
        wanted = wanted.where(SeedTakedown.id < decode_cursor(query.after, [(int,)])[0])
    return wanted


def _out(row: SeedTakedown, user: str, lifter: str | None) -> TakedownOut:
    names = ("id", "seed_id", "reason", "note", "batch", "created_at", "lifted_at")
    return TakedownOut(**{name: getattr(row, name) for name in names}, user=user, lifted_by=lifter)

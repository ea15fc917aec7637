"""Take seeds down, and lift that again; both stay on record."""

from uuid import UUID

from sqlalchemy import Select, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor
from backend.row_sets import among
from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.tables import Seed
from backend.takedowns.schemas import TakedownCreate, TakedownOut, TakedownQuery, TakedownResult
from backend.takedowns.tables import SeedTakedown, is_taken_down


def take_down(session: Session, user: User, body: TakedownCreate) -> TakedownResult:
    """Mark seeds as not to be used; those that are so already are left as they are.

    A repeated token changes nothing and counts what it did the first time.
    """
    if not session.scalar(select(exists().where(SeedTakedown.batch == body.token))):
        session.execute(
            insert(SeedTakedown).from_select(
                ["seed_id", "reason", "note", "batch", "created_by"],
                _held(body).with_only_columns(
                    Seed.id, literal(body.reason), literal(body.note), literal(body.token),
                    literal(user.id), maintain_column_froms=True,
                ),
            )
        )  # fmt: skip
    return TakedownResult(batch=body.token, count=_count(session, body.token))


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


def _held(body: TakedownCreate) -> Select[int]:
    """The seeds that are meant, held in the order of their numbers, as everywhere."""
    wanted = matching_seed_ids(body.filter or SeedFilter())
    if body.seed_ids is not None:
        wanted = wanted.where(among(Seed.id, body.seed_ids))
    free = wanted.where(~is_taken_down(Seed.id.expression))
    return free.order_by(Seed.id).with_for_update(of=Seed)


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

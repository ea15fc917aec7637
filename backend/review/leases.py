"""Leases: a seed on one curator's screen is given to nobody else."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.review.results import Held
from backend.review.tables import Decision, Lease
from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.tables import Seed

LEASE_SECONDS: Final = 300
_LIFE: Final = timedelta(seconds=LEASE_SECONDS)


def lease_next(session: Session, user: User, filter: SeedFilter, limit: int) -> list[int]:
    """Lease up to `limit` matching seeds to the caller, the most worth attention first.

    What the caller holds already is given again, so that a reloaded page finds it. Seeds that the
    caller skipped come last, the longest ago first.
    """
    leased = _lease(session, user, _unskipped(user, filter), limit, [])
    if len(leased) < limit:
        leased = _lease(session, user, _skipped(user, filter), limit, leased)
    return leased


def hold(session: Session, user: User, seed_ids: Sequence[int]) -> Held:
    """Renew the caller's leases; one that ran out is taken again unless another took it."""
    wanted = sorted(set(seed_ids))
    known = session.scalars(select(Seed.id).where(Seed.id.in_(wanted)).order_by(Seed.id)).all()
    held = _take(session, user, known)
    return Held(held=sorted(held), lost=[seed_id for seed_id in wanted if seed_id not in held])


def end_leases(session: Session, user: User, seed_ids: Collection[int]) -> None:
    """Give seeds back."""
    mine = (Lease.user_id == user.id, Lease.seed_id.in_(seed_ids))
    session.execute(delete(Lease).where(*mine))


def _lease(
    session: Session, user: User, candidates: Select[int], limit: int, leased: list[int]
) -> list[int]:
    # A lease that another took after our look at the table is noticed by the insert: look again.
    while missing := limit - len(leased):
        wanted = candidates.where(Seed.id.not_in(leased)).limit(missing)
        found = session.scalars(wanted.with_for_update(of=Seed, skip_locked=True)).all()
        if not found:
            break
        taken = _take(session, user, found)
        leased = leased + [seed_id for seed_id in found if seed_id in taken]
    return leased


def _take(session: Session, user: User, seed_ids: Sequence[int]) -> set[int]:
    if not seed_ids:
        return set()
    until = func.now() + _LIFE
    rows = [{"seed_id": seed_id, "user_id": user.id, "expires_at": until} for seed_id in seed_ids]
    statement = insert(Lease).values(rows)
    return set(
        session.scalars(
            statement.on_conflict_do_update(
                index_elements=[Lease.seed_id],
                set_={"user_id": user.id, "expires_at": until},
                where=or_(Lease.user_id == user.id, Lease.expires_at < func.now()),
            ).returning(Lease.seed_id)
        )
    )


def _unskipped(user: User, filter: SeedFilter) -> Select[int]:
    return (
        _free(user, filter)
        .where(_last_skip(user).is_(None))
        .order_by(Seed.attention.desc().nulls_last(), Seed.id.desc())
    )


def _skipped(user: User, filter: SeedFilter) -> Select[int]:
    skip = _last_skip(user)
    return _free(user, filter).where(skip.is_not(None)).order_by(skip)


def _free(user: User, filter: SeedFilter) -> Select[int]:
    held_by_another = and_(Lease.user_id != user.id, Lease.expires_at >= func.now())
    taken = select(Lease.seed_id).where(Lease.seed_id == Seed.id, held_by_another)
    return matching_seed_ids(filter).where(~taken.exists())


def _last_skip(user: User) -> ScalarSelect[int | None]:
    undoing = aliased(Decision)
    undone: ColumnElement[bool] = (
        select(undoing.id).where(undoing.undoes_id == Decision.id).exists()
    )
    return (
        select(func.max(Decision.id))
        .where(
            Decision.seed_id == Seed.id,
            Decision.user_id == user.id,
            Decision.kind == "skip",
            ~undone,
        )
        .correlate(Seed)
        .scalar_subquery()
    )

"""Leases: a seed on one curator's screen is given to nobody else."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.review.results import Held
from backend.review.reviewers import reviewers_of
from backend.review.tables import Decision, Lease
from backend.review_queues.rounds import several_decide
from backend.seeds.filters import SeedFilter, filtered, matching_seed_ids
from backend.seeds.full_text import found_seeds
from backend.seeds.orders import Sort, queue_order
from backend.seeds.tables import Seed, SeedText

LEASE_SECONDS: Final = 300
# So many of the best seeds are looked through for a text before all that hold it are found.
BEST: Final = 3000
_LIFE: Final = timedelta(seconds=LEASE_SECONDS)


def lease_next(
    session: Session, user: User, filter: SeedFilter, limit: int, sort: Sort = "attention"
) -> list[int]:
    """Lease up to `limit` matching seeds to the caller, in the order of `sort`.

    What the caller holds already is given again, so that a reloaded page finds it. Seeds that the
    caller skipped come last, the longest ago first.
    """
    leased: list[int] = []
    for candidates in (*_unskipped(user, filter, sort), _skipped(user, filter)):
        if len(leased) < limit:
            leased = _lease(session, user, candidates, limit, leased)
    return leased


def hold(session: Session, user: User, seed_ids: Sequence[int]) -> Held:
    """Renew the caller's leases; one that ran out is taken again unless another took it."""
    wanted = sorted(set(seed_ids))
    free = select(Seed.id).where(Seed.id.in_(wanted), ~several_decide()).order_by(Seed.id)
    known = session.scalars(free).all()
    held = _take(session, user, known)
    lost = [seed_id for seed_id in wanted if seed_id not in held]
    return Held(
        held=sorted(held),
        lost=lost,
        holders=reviewers_of(session, lost) if lost else {},
        leased_until=lease_end(session),
    )


def lease_end(session: Session) -> datetime:
    """Until when a lease lasts that is taken in this transaction."""
    return session.scalars(select(func.now() + _LIFE)).one()


def end_leases(
    session: Session, user: User, seed_ids: Collection[int], until: datetime | None = None
) -> None:
    """Give seeds back; with `until` only leases that end by then, so none renewed since."""
    mine = delete(Lease).where(Lease.user_id == user.id, Lease.seed_id.in_(seed_ids))
    session.execute(mine if until is None else mine.where(Lease.expires_at <= until))


def _lease(
    session: Session, user: User, candidates: Select[int], limit: int, leased: list[int]
) -> list[int]:
    # A lease that another took after our look at the table is noticed by the insert: look again.
    while missing := limit - len(leased):
        wanted = candidates.where(Seed.id.not_in(leased)).limit(missing)
        found = session.scalars(wanted.with_for_update(of=Seed, skip_locked=True)).all()
        taken = _take(session, user, found)
        leased = leased + [seed_id for seed_id in found if seed_id in taken]
        if len(taken) == len(found) < missing or not found:
            break
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


def _unskipped(user: User, filter: SeedFilter, sort: Sort) -> Iterator[Select[int]]:
    """The candidates; where a text is looked for, first those among the best seeds alone.

    How many seeds hold a text is known too badly to choose one way for all: to look it up in each
    seed, best first, takes long where few hold it, and to find all that do where many hold it.
    """
    order = queue_order(sort)
    free = _free(user, filter).where(~_skips(user).where(Decision.seed_id == Seed.id).exists())
    if filter.q is None:
        yield free.order_by(*order)
        return
    # Whole rows, in whose order the join stays: it ends as soon as enough are found.
    best = filtered(select(Seed.__table__), _without_text(filter)).order_by(*order)
    first = best.limit(BEST).subquery()
    among = free.join(first, first.c.id == Seed.id).where(_holds_text(filter.q))
    yield among.order_by(*queue_order(sort, first.c))
    found = found_seeds(filter.q).cte().prefix_with("materialized")
    yield free.join(found, found.c.seed_id == Seed.id).order_by(*order)


def _skipped(user: User, filter: SeedFilter) -> Select[int]:
    last = _skips(user).with_only_columns(Decision.seed_id, func.max(Decision.id).label("skip"))
    skips = last.group_by(Decision.seed_id).subquery()
    wanted = _free(user, filter).join(skips, skips.c.seed_id == Seed.id).order_by(skips.c.skip)
    return wanted if filter.q is None else wanted.where(_holds_text(filter.q))


def _free(user: User, filter: SeedFilter) -> Select[int]:
    """What nobody else holds, whatever text it has."""
    held_by_another = and_(Lease.user_id != user.id, Lease.expires_at >= func.now())
    taken = select(Lease.seed_id).where(Lease.seed_id == Seed.id, held_by_another)
    free = matching_seed_ids(_without_text(filter))
    return free.where(~taken.exists(), ~several_decide())


def _without_text(filter: SeedFilter) -> SeedFilter:
    return filter.model_copy(update={"q": None})


def _holds_text(q: str) -> ColumnElement[bool]:
    # OFFSET keeps the planner from finding all seeds that hold the text.
    return found_seeds(q).where(SeedText.seed_id == Seed.id).offset(0).exists()


def last_skip(user: User) -> ScalarSelect[int | None]:
    """Of `Seed`: the number of the user's last skip of it that stands."""
    last = _skips(user).with_only_columns(func.max(Decision.id)).where(Decision.seed_id == Seed.id)
    return last.correlate(Seed).scalar_subquery()


def _skips(user: User) -> Select[int]:
    """The caller's skips that stand."""
    undoing = aliased(Decision)
    return select(Decision.id).where(
        Decision.user_id == user.id,
        Decision.kind == "skip",
        ~select(undoing.id).where(undoing.undoes_id == Decision.id).exists(),
    )

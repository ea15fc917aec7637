"""Leases in queues where several curators decide each seed: as many at once as are still needed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, TypeVar, get_args

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.review.effects import lock_seeds
from backend.review.leases import LEASE_SECONDS, last_skip, lease_end
from backend.review.results import Held
from backend.review.tables import Lease
from backend.review_queues.rounds import unsettled
from backend.review_queues.service import filter_of
from backend.review_queues.tables import Opinion, OverlapLease, ReviewQueue, ReviewRound
from backend.seeds.filters import filtered, matching_seed_ids
from backend.seeds.orders import Sort, queue_order
from backend.seeds.tables import Seed

Value = TypeVar("Value")
_LIFE: Final = timedelta(seconds=LEASE_SECONDS)
_STILL_OPEN: Final = and_(ReviewRound.state == "open", ReviewRound.status == Seed.status)
_SORTS: Final[dict[str, Sort]] = {name: name for name in get_args(Sort)}


def lease_next(session: Session, user: User, queue: ReviewQueue, limit: int) -> list[int]:
    """Lease up to `limit` seeds that still need the caller's opinion.

    Seeds that others have begun come first, so that they get done; what the caller skipped comes
    last. What the caller holds already is given again.
    """
    _one_at_a_time(session, queue)
    leased: list[int] = []
    skipped = last_skip(user)
    order = queue_order(_SORTS[queue.sort])
    for again, start in product((False, True), (_begun(queue), _fresh(queue))):
        if again:
            candidates = start.where(skipped.is_not(None)).order_by(skipped)
        else:
            candidates = start.where(skipped.is_(None)).order_by(*order)
        leased = _lease(session, user, queue, candidates, limit, leased)
    return leased


def left_in(session: Session, queue: ReviewQueue, user: User | None = None) -> int:
    """How many seeds of the queue still need an opinion; with a user, of those without theirs.

    Counted as all less those that need none: so it is two joins, however many there are.
    """
    filter = filter_of(queue)
    matching = matching_seed_ids(filter).subquery()
    done = and_(ReviewRound.queue_id == queue.id, ~_STILL_OPEN)
    needing_none = filtered(select(func.count()).select_from(Seed), filter).join(
        ReviewRound, and_(ReviewRound.revision_id == Seed.revision_id, done)
    )
    counts = [select(func.count()).select_from(matching), needing_none]
    if user is not None:
        mine = and_(
            Opinion.queue_id == queue.id, Opinion.user_id == user.id, Opinion.kind.is_not(None)
        )
        still_open = and_(
            ReviewRound.queue_id == queue.id,
            ReviewRound.revision_id == Opinion.revision_id,
            _STILL_OPEN,
        )
        counts.append(
            filtered(select(func.count()).select_from(Seed), filter)
            .join(Opinion, and_(Opinion.revision_id == Seed.revision_id, mine))
            .join(ReviewRound, still_open)
        )
    total, *without = (session.scalar(count) or 0 for count in counts)
    return total - sum(without)


def hold(session: Session, user: User, queue: ReviewQueue, seed_ids: Sequence[int]) -> Held:
    """Renew the caller's leases; one that ran out is taken again where it is still needed."""
    wanted = sorted(set(seed_ids))
    held = _take(session, user, queue, list(lock_seeds(session, wanted)))
    return Held(
        held=sorted(held),
        lost=[seed_id for seed_id in wanted if seed_id not in held],
        holders={},  # several have them: nobody took them away
        leased_until=lease_end(session),
    )


def end(
    session: Session, user: User, seed_ids: Collection[int], until: datetime | None = None
) -> None:
    """Give seeds back, in whatever queue; with `until` only leases that end by then."""
    mine = delete(OverlapLease).where(
        OverlapLease.user_id == user.id, OverlapLease.seed_id.in_(seed_ids)
    )
    session.execute(mine if until is None else mine.where(OverlapLease.expires_at <= until))


def _one_at_a_time(session: Session, queue: ReviewQueue) -> None:
    # Who is next waits a moment: without, they would pass over seeds that are being given out and
    # still need them too.
    key = func.hashtextextended(f"overlap_lease {queue.id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _begun(queue: ReviewQueue) -> Select[int]:
    """Seeds with opinions, though their scores may have taken them out of the filter since."""
    return (
        select(Seed.id)
        .join(ReviewRound, ReviewRound.seed_id == Seed.id)
        .where(ReviewRound.queue_id == queue.id, ReviewRound.state == "open", unsettled())
    )


def _fresh(queue: ReviewQueue) -> Select[int]:
    return matching_seed_ids(filter_of(queue)).where(_state(queue).is_(None))


def _lease(
    session: Session,
    user: User,
    queue: ReviewQueue,
    candidates: Select[int],
    limit: int,
    leased: list[int],
) -> list[int]:
    # A seed that is being decided at this moment is passed over; one that was decided after our
    # look at the tables is noticed by the insert: look again.
    while missing := limit - len(leased):
        wanted = candidates.where(Seed.id.not_in(leased), _needs(user, queue)).limit(missing)
        found = session.scalars(wanted.with_for_update(of=Seed, skip_locked=True)).all()
        if not found:
            break
        taken = _take(session, user, queue, found)
        leased = leased + [seed_id for seed_id in found if seed_id in taken]
    return leased


def _take(session: Session, user: User, queue: ReviewQueue, seed_ids: Sequence[int]) -> set[int]:
    """Lease those that need the caller; their rows are held, so that nothing changes meanwhile."""
    until = func.now() + _LIFE
    needed = select(literal(queue.id), Seed.id, literal(user.id), until).where(
        Seed.id.in_(seed_ids),
        Seed.withdrawn_at.is_(None),
        func.coalesce(_state(queue), "open") == "open",
        _needs(user, queue),
    )
    statement = insert(OverlapLease).from_select(
        ["queue_id", "seed_id", "user_id", "expires_at"], needed
    )
    return set(
        session.scalars(
            statement.on_conflict_do_update(
                index_elements=["queue_id", "seed_id", "user_id"], set_={"expires_at": until}
            ).returning(OverlapLease.seed_id)
        )
    )


def _needs(user: User, queue: ReviewQueue) -> ColumnElement[bool]:
    """Of `Seed`: opinions are missing, beside those given and those that others are about to give,
    and nobody has it from the plain queue.

    Counted seed by seed: as joins over everything, the planner would take minutes for a few seeds.
    """
    votes = select(func.count()).where(
        Opinion.queue_id == queue.id,
        Opinion.revision_id == Seed.revision_id,
        Opinion.kind.is_not(None),
    )
    screens = select(func.count()).where(
        OverlapLease.queue_id == queue.id,
        OverlapLease.seed_id == Seed.id,
        OverlapLease.user_id != user.id,
        OverlapLease.expires_at >= func.now(),
    )
    plain = select(func.count()).where(
        Lease.seed_id == Seed.id, Lease.user_id != user.id, Lease.expires_at >= func.now()
    )
    mine, others = votes.where(Opinion.user_id == user.id), votes.where(Opinion.user_id != user.id)
    return and_(
        _of_seed(mine) == 0,
        _of_seed(others) + _of_seed(screens) < queue.overlap,
        _of_seed(plain) == 0,
    )


def _state(queue: ReviewQueue) -> ScalarSelect[str | None]:
    """Of `Seed`: where its round stands, null where there is none; overruled ones are settled."""
    state = case((_STILL_OPEN, "open"), else_="settled")
    return _of_seed(
        select(state).where(
            ReviewRound.queue_id == queue.id, ReviewRound.revision_id == Seed.revision_id
        )
    )


def _of_seed(statement: Select[Value]) -> ScalarSelect[Value]:
    return statement.correlate(Seed).scalar_subquery()

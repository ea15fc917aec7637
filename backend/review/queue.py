"""The queue: what a curator gets to decide next, of all seeds or of a named queue."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.errors import Conflict
from backend.review import leases
from backend.review.results import Held, QueueBatch
from backend.review_queues import overlap_leases
from backend.review_queues.service import filter_of, queue_for
from backend.seeds.counts import SeedCount, count_of
from backend.seeds.detail import seed_details
from backend.seeds.filters import SeedFilter
from backend.seeds.orders import Sort


class Fetch(NamedTuple):
    """How many seeds are wanted; those `shown` are not brought again, though leased as well.

    To count all that match takes longer than to find a few of them.
    """

    limit: int
    shown: Collection[int] = ()
    counted: bool = True


def next_seeds(
    session: Session, user: User, filter: SeedFilter, fetch: Fetch, sort: Sort = "attention"
) -> QueueBatch:
    """Seeds for the caller alone, with all evidence; pending ones unless asked otherwise."""
    if filter.status is None:
        filter = filter.model_copy(update={"status": "pending"})
    leased = leases.lease_next(session, user, filter, fetch.limit, sort)
    left = count_of(session, filter) if fetch.counted else None
    return _batch(session, user, fetch, leased, left)


def next_of_queue(session: Session, user: User, queue_id: int, fetch: Fetch) -> QueueBatch:
    """Seeds of a named queue that need the caller.

    Raises:
        NotFound: there is no such queue.
        Forbidden: it is assigned to others.
        Conflict: it is closed.
    """
    queue = queue_for(session, user, queue_id)
    if queue.closed_at is not None:
        raise Conflict(f"the queue {queue.name} is closed", field="queue_id", code="closed")
    if queue.overlap == 1:
        return next_seeds(session, user, filter_of(queue), fetch, cast(Sort, queue.sort))
    leased = overlap_leases.lease_next(session, user, queue, fetch.limit)
    left = None
    if fetch.counted:
        left = SeedCount(count=overlap_leases.left_in(session, queue, user), exact=True)
    return _batch(session, user, fetch, leased, left)


def hold(session: Session, user: User, seed_ids: Sequence[int], queue_id: int | None) -> Held:
    """Renew the caller's leases on seeds of a named queue, or of all."""
    if queue_id is not None and (queue := queue_for(session, user, queue_id)).overlap > 1:
        return overlap_leases.hold(session, user, queue, seed_ids)
    return leases.hold(session, user, seed_ids)


def release(
    session: Session, user: User, seed_ids: Sequence[int], until: datetime | None = None
) -> None:
    """Give seeds back; with `until` only leases that end by then, so none renewed since."""
    leases.end_leases(session, user, seed_ids, until)
    overlap_leases.end(session, user, seed_ids, until)


def _batch(
    session: Session, user: User, fetch: Fetch, leased: Sequence[int], left: SeedCount | None
) -> QueueBatch:
    wanted = [seed_id for seed_id in leased if seed_id not in fetch.shown]
    return QueueBatch(
        items=seed_details(session, user, wanted),
        left=left and left.count,
        left_exact=left is None or left.exact,
        lease_seconds=leases.LEASE_SECONDS,
        leased_until=leases.lease_end(session),
    )

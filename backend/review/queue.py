"""The queue: what a curator gets to decide next."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.review.leases import LEASE_SECONDS, lease_next
from backend.review.results import QueueBatch
from backend.seeds.detail import seed_details
from backend.seeds.filters import SeedFilter, matching_seed_ids


def next_seeds(session: Session, user: User, filter: SeedFilter, limit: int) -> QueueBatch:
    """Seeds for the caller alone, with all evidence; pending ones unless asked otherwise."""
    if filter.status is None:
        filter = filter.model_copy(update={"status": "pending"})
    leased = lease_next(session, user, filter, limit)
    left = session.scalar(select(func.count()).select_from(matching_seed_ids(filter).subquery()))
    return QueueBatch(
        items=seed_details(session, leased), left=left or 0, lease_seconds=LEASE_SECONDS
    )

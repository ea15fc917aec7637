"""Who is looking at seeds right now."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.review.tables import Lease


def reviewers_of(session: Session, seed_ids: Collection[int]) -> dict[int, str]:
    """The name of whoever has a seed on the screen, for each of these that somebody has."""
    wanted = (
        select(Lease.seed_id, User.name)
        .join(User, User.id == Lease.user_id)
        .where(Lease.seed_id.in_(seed_ids), Lease.expires_at >= func.now())
    )
    return {row.seed_id: row.name for row in session.execute(wanted)}

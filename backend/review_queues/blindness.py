"""Who sees an opinion: its author, and everybody once the seed is settled."""

from sqlalchemy import ColumnElement, or_, select

from backend.accounts.tables import User
from backend.review.tables import Decision
from backend.review_queues.rounds import opened
from backend.review_queues.tables import ReviewRound
from backend.seeds.tables import Seed


def shown_to(viewer: User) -> ColumnElement[bool]:
    """Of `Decision` joined with its `Seed`: the viewer may see the event."""
    settled = (
        select(ReviewRound.seed_id)
        .where(
            ReviewRound.queue_id == Decision.queue_id,
            ReviewRound.revision_id == Decision.revision_id,
            opened(),
        )
        .correlate(Decision, Seed)
    )
    return or_(
        Decision.queue_id.is_(None),
        ~Decision.after.has_key("opinion"),
        Decision.user_id == viewer.id,
        settled.exists(),
    )

"""Who decided how much by hand, and where a queue stands.

Opinions count like decisions; what came of itself, in bulk, or was undone does not.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.review.progress import PACE_OVER, WORK, median_seconds
from backend.review.tables import Decision
from backend.review_queues.overlap_leases import left_in
from backend.review_queues.rounds import unsettled
from backend.review_queues.schemas import Counts, PersonProgress, QueueProgress
from backend.review_queues.service import filter_of
from backend.review_queues.tables import VOTES, ReviewQueue, ReviewRound
from backend.seeds.filters import matching_seed_ids
from backend.seeds.tables import Seed

Undoing = aliased(Decision)
TODAY = func.date_trunc("day", func.now(), "UTC")


def by_hand() -> list[ColumnElement[bool]]:
    """Of `Decision`: somebody decided one seed."""
    return [
        Decision.kind.in_(WORK),
        Decision.batch.is_(None),
        Decision.token.is_not(None),
    ]


def standing_seeds(since: ColumnElement[datetime] | None = None) -> ColumnElement[int]:
    """Of `Decision` outer joined with its `Undoing`: how many seeds, counted once each."""
    stands = Undoing.id.is_(None)
    within = stands if since is None else stands & (Decision.created_at >= since)
    return func.count(Decision.seed_id.distinct()).filter(within)


def people(session: Session, queue: ReviewQueue | None = None) -> list[PersonProgress]:
    """Everybody who decided something, in a queue or anywhere, by name."""
    where = by_hand() + ([] if queue is None else [Decision.queue_id == queue.id])
    counted = session.execute(
        select(
            User.id, User.name, standing_seeds(TODAY), standing_seeds(),
            func.max(Decision.created_at),
        )
        .join(Decision, Decision.user_id == User.id)
        .outerjoin(Undoing, Undoing.undoes_id == Decision.id)
        .where(*where)
        .group_by(User.id, User.name)
        .order_by(User.name)
    ).all()  # fmt: skip
    times = _times(session, where)
    return [
        PersonProgress(
            user_id=user_id, user=name, today=today, total=total,
            median_seconds=median_seconds(times[user_id]), last_active=last,
        )
        for user_id, name, today, total, last in counted
    ]  # fmt: skip


def queue_progress(session: Session, queue: ReviewQueue) -> QueueProgress:
    """Where a queue stands, and who did what in it."""
    counts = _plain_counts(session, queue) if queue.overlap == 1 else _counts(session, queue)
    return QueueProgress(**counts.model_dump(), people=people(session, queue))


def _plain_counts(session: Session, queue: ReviewQueue) -> Counts:
    wanted = matching_seed_ids(filter_of(queue)).subquery()
    decided = (
        select(standing_seeds())
        .select_from(Decision)
        .outerjoin(Undoing, Undoing.undoes_id == Decision.id)
        .where(Decision.queue_id == queue.id, Decision.kind.in_(VOTES))
    )
    return Counts(
        left=session.scalar(select(func.count()).select_from(wanted)) or 0,
        decided=session.scalar(decided) or 0,
        in_adjudication=0,
    )


def _counts(session: Session, queue: ReviewQueue) -> Counts:
    settled = func.count().filter(ReviewRound.state == "settled")
    waiting = func.count().filter(ReviewRound.state == "waiting", unsettled())
    decided, in_adjudication = session.execute(
        select(settled, waiting)
        .join(Seed, Seed.id == ReviewRound.seed_id)
        .where(ReviewRound.queue_id == queue.id, ReviewRound.revision_id == Seed.revision_id)
    ).one()
    return Counts(left=left_in(session, queue), decided=decided, in_adjudication=in_adjudication)


def _times(session: Session, where: list[ColumnElement[bool]]) -> dict[int, list[datetime]]:
    """When everybody's last decisions came in."""
    last = (
        select(Decision.created_at)
        .where(Decision.user_id == User.id, Decision.undoes_id.is_(None), *where)
        .order_by(Decision.id.desc())
        .limit(PACE_OVER)
        .lateral()
    )
    times: dict[int, list[datetime]] = defaultdict(list)
    for user_id, at in session.execute(select(User.id, last.c.created_at).join(last, true())):
        times[user_id].append(at)
    return times

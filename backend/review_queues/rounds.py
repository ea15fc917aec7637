"""Rounds: one wording of a seed before the curators of a queue with overlap.

Whoever calls holds the seed's row, so that a round changes for one at a time.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.errors import Conflict, Invalid
from backend.review.tables import Decision
from backend.review_queues.service import filter_of
from backend.review_queues.tables import VOTES, Opinion, OverlapLease, ReviewQueue, ReviewRound
from backend.seeds.filters import matching_seed_ids
from backend.seeds.tables import Seed


def unsettled() -> ColumnElement[bool]:
    """Of a round joined with its seed: the wording and the status are still what it is about."""
    return and_(
        ReviewRound.state != "settled",
        ReviewRound.revision_id == Seed.revision_id,
        ReviewRound.status == Seed.status,
        Seed.withdrawn_at.is_(None),
    )


def opened() -> ColumnElement[bool]:
    """Of a round joined with its seed: whether everybody may see its opinions.

    Opinions on an earlier wording stay closed until the seed, as it reads now, is decided.
    """
    return or_(
        and_(
            ReviewRound.revision_id == Seed.revision_id,
            or_(ReviewRound.state == "settled", ReviewRound.status != Seed.status),
        ),
        and_(ReviewRound.revision_id != Seed.revision_id, Seed.status != "pending"),
    )


def running_round(session: Session, user: User, queue: ReviewQueue, seed: Seed) -> ReviewRound:
    """The round of the seed as it reads now, which begins with the first opinion.

    Raises:
        Conflict: the seed is decided.
        Invalid: the seed is not in the queue.
    """
    found = session.get(ReviewRound, (queue.id, seed.revision_id), populate_existing=True)
    if found is not None:
        if found.state == "settled" or found.status != seed.status:
            raise Conflict(f"seed {seed.id} is decided", field="seed_id", code="settled")
        return found
    # Held until the end, so that nobody changes the overlap meanwhile.
    held = select(ReviewQueue.overlap).where(ReviewQueue.id == queue.id)
    queue.overlap = session.scalars(held.with_for_update(read=True)).one()
    if not _is_in(session, user, queue, seed):
        message = f"seed {seed.id} is not in queue {queue.name}"
        raise Invalid(message, field="seed_id", code="not_in_queue")
    begun = ReviewRound(
        queue_id=queue.id, revision_id=seed.revision_id, seed_id=seed.id, status=seed.status,
        state="open",
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun


def votes_in(session: Session, queue_id: int, revision_id: int) -> Sequence[Opinion]:
    """The opinions of a round that decide something, the oldest first."""
    wanted = select(Opinion).where(
        Opinion.queue_id == queue_id, Opinion.revision_id == revision_id, Opinion.kind.is_not(None)
    )
    fresh = wanted.order_by(Opinion.decision_id).execution_options(populate_existing=True)
    return session.scalars(fresh).all()


def refresh(session: Session, queue_id: int | None, revision_id: int) -> None:
    """Write down where a round stands, after opinions or decisions were given or taken back."""
    found = session.get(ReviewRound, (queue_id, revision_id)) if queue_id is not None else None
    if found is None:
        return
    queue = session.get_one(ReviewQueue, queue_id)
    if _decided_in(session, found):
        found.state = "settled"
    else:
        votes = len(votes_in(session, found.queue_id, revision_id))
        found.state = "waiting" if votes >= queue.overlap else "open"
    session.flush()


def refuse_overruling(
    session: Session, user: User, seed: Seed, queue_id: int | None = None
) -> None:
    """Refuse a decision on a seed that several curators are deciding; an admin may.

    What is said in the queue where they do, `queue_id`, overrules nobody.

    Raises:
        Conflict: there are opinions on it in an open queue.
    """
    if user.role == "admin":
        return
    name = session.scalar(
        select(ReviewQueue.name)
        .join(ReviewRound, ReviewRound.queue_id == ReviewQueue.id)
        .join(Seed, Seed.id == ReviewRound.seed_id)
        .where(
            ReviewRound.seed_id == seed.id, ReviewQueue.closed_at.is_(None), unsettled(),
            ReviewQueue.id.is_distinct_from(queue_id),
        )
        .limit(1)
    )  # fmt: skip
    if name is not None:
        message = f"several curators decide seed {seed.id} in the queue {name}"
        raise Conflict(message, field="seed_id", code="several_decide")


def has_opinions() -> ColumnElement[bool]:
    """Of `Seed`: several curators are deciding it in an open queue, and some have."""
    rounds = (
        select(ReviewRound.seed_id)
        .join(ReviewQueue, ReviewQueue.id == ReviewRound.queue_id)
        .where(ReviewRound.seed_id == Seed.id, ReviewQueue.closed_at.is_(None), unsettled())
    )
    return rounds.correlate(Seed).exists()


def several_decide() -> ColumnElement[bool]:
    """Of `Seed`: it has opinions, or is on a screen to get one."""
    leases = select(OverlapLease.seed_id).where(
        OverlapLease.seed_id == Seed.id, OverlapLease.expires_at >= func.now()
    )
    return or_(has_opinions(), leases.correlate(Seed).exists())


def _is_in(session: Session, user: User, queue: ReviewQueue, seed: Seed) -> bool:
    """What was on the curator's screen counts, though its scores may have changed meanwhile."""
    if session.get(OverlapLease, (queue.id, seed.id, user.id)) is not None:
        return True
    wanted = matching_seed_ids(filter_of(queue)).where(Seed.id == seed.id)
    return session.scalar(wanted) is not None


def _decided_in(session: Session, found: ReviewRound) -> bool:
    undoing = aliased(Decision)
    wanted = (
        select(Decision.id)
        .outerjoin(undoing, undoing.undoes_id == Decision.id)
        .where(
            Decision.seed_id == found.seed_id,
            Decision.revision_id == found.revision_id,
            Decision.queue_id == found.queue_id,
            Decision.kind.in_(VOTES),
            undoing.id.is_(None),
        )
    )
    return session.scalar(wanted.limit(1)) is not None

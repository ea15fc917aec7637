"""Queues: make, look up, list, change."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.accounts.access import GRANTS
from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Forbidden, Invalid
from backend.review_queues.schemas import Person, QueueCreate, QueueUpdate, ReviewQueueOut
from backend.review_queues.tables import QueueCurator, ReviewQueue, ReviewRound
from backend.seeds.filters import SeedFilter


def create_queue(session: Session, user: User, wanted: QueueCreate) -> ReviewQueue:
    """Make a queue; a repeated token gives the one that was made the first time.

    Raises:
        Conflict: there is one of this name, or the token stands for another.
        Invalid: somebody who is assigned decides nothing, or fewer are assigned than are needed.
    """
    _one_at_a_time(session)
    earlier = session.scalar(select(ReviewQueue).where(ReviewQueue.token == wanted.token))
    if earlier is not None:
        if (earlier.name, earlier.created_by) != (wanted.name, user.id):
            message = f"the token stands for queue {earlier.id}, which is another"
            raise Conflict(message, field="token", code="token_reused")
        return earlier
    queue = ReviewQueue(
        name=wanted.name, filter=_stored(wanted.filter), sort=wanted.sort, overlap=wanted.overlap,
        instructions=wanted.instructions, token=wanted.token, created_by=user.id,
    )  # fmt: skip
    _refuse_taken(session, queue)
    session.add(queue)
    session.flush()
    _assign(session, queue, wanted.curators)
    return queue


def get_queue(session: Session, queue_id: int) -> ReviewQueue:
    """The queue.

    Raises:
        NotFound: there is none of this number.
    """
    return existing(session, ReviewQueue, queue_id, "queue")


def update_queue(session: Session, user: User, queue_id: int, changes: QueueUpdate) -> ReviewQueue:
    """Change a queue.

    Raises:
        NotFound: there is none of this number.
        Forbidden: the caller has not made it and is no admin.
        Conflict: another has the name, or there are opinions, so that the overlap is fixed.
        Invalid: as for a new one.
    """
    _one_at_a_time(session)
    if get_queue(session, queue_id).created_by != user.id and user.role != "admin":
        raise Forbidden("only its maker or an admin changes a queue")
    queue = session.get_one(ReviewQueue, queue_id, with_for_update=True, populate_existing=True)
    if changes.overlap not in (None, queue.overlap) and _begun(session, queue):
        message = "curators have begun: make another queue for another overlap"
        raise Conflict(message, field="overlap", code="begun")
    given = changes.model_dump(
        exclude_none=True, include={"name", "sort", "overlap", "instructions"}
    )
    for field, value in given.items():
        setattr(queue, field, value)
    if changes.filter is not None:
        queue.filter = _stored(changes.filter)
    if changes.open is not None:
        queue.closed_at = None if changes.open else queue.closed_at or datetime.now(UTC)
    _refuse_taken(session, queue)
    session.flush()
    if changes.curators is not None:
        _assign(session, queue, changes.curators)
    else:
        _refuse_too_few(queue, len(curators_of(session, [queue.id])[queue.id]))
    return queue


def list_queues(session: Session) -> Sequence[ReviewQueue]:
    """All queues, open ones first, then by name."""
    order = (ReviewQueue.closed_at.is_not(None), ReviewQueue.name)
    return session.scalars(select(ReviewQueue).order_by(*order)).all()


def shown(session: Session, user: User, queues: Sequence[ReviewQueue]) -> list[ReviewQueueOut]:
    """Queues as the caller sees them."""
    curators = curators_of(session, [queue.id for queue in queues])
    makers = {queue.created_by for queue in queues}
    named = session.execute(select(User.id, User.name).where(User.id.in_(makers)))
    names = dict(named.all())
    return [
        ReviewQueueOut(
            id=queue.id,
            name=queue.name,
            filter=_stored(filter_of(queue)),
            sort=queue.sort,
            overlap=queue.overlap,
            instructions=queue.instructions,
            curators=curators[queue.id],
            open=queue.closed_at is None,
            mine="curator" in GRANTS[user.role] and _is_for(user, curators[queue.id]),
            created_by=names[queue.created_by],
            created_at=queue.created_at,
        )
        for queue in queues
    ]


def queue_for(session: Session, user: User, queue_id: int) -> ReviewQueue:
    """The queue, for somebody who wants to decide in it.

    Raises:
        NotFound: there is none of this number.
        Forbidden: it is assigned to others.
    """
    queue = get_queue(session, queue_id)
    if not _is_for(user, curators_of(session, [queue_id])[queue_id]):
        raise Forbidden(f"queue {queue.name} is assigned to others", field="queue_id")
    return queue


def filter_of(queue: ReviewQueue) -> SeedFilter:
    """Which seeds are in a queue: pending ones unless it says otherwise."""
    filter = SeedFilter.model_validate(queue.filter)
    return filter if filter.status else filter.model_copy(update={"status": "pending"})


def curators_of(session: Session, queue_ids: Sequence[int]) -> dict[int, list[Person]]:
    """Who is assigned to each queue, by name; every queue asked for is a key."""
    found: dict[int, list[Person]] = {queue_id: [] for queue_id in queue_ids}
    rows = session.execute(
        select(QueueCurator.queue_id, User.id, User.name)
        .join(User, User.id == QueueCurator.user_id)
        .where(QueueCurator.queue_id.in_(queue_ids))
        .order_by(User.name)
    )
    for queue_id, user_id, name in rows:
        found[queue_id].append(Person(id=user_id, name=name))
    return found


def may_decide(session: Session) -> list[Person]:
    """Everybody who can be assigned, by name."""
    roles = [role for role, levels in GRANTS.items() if "curator" in levels]
    wanted = select(User.id, User.name).where(User.role.in_(roles), User.disabled_at.is_(None))
    rows = session.execute(wanted.order_by(User.name))
    return [Person(id=user_id, name=name) for user_id, name in rows]


def _is_for(user: User, curators: Sequence[Person]) -> bool:
    return not curators or user.id in {person.id for person in curators}


def _stored(filter: SeedFilter) -> dict[str, Any]:
    return filter.model_dump(mode="json", exclude_none=True)


def _begun(session: Session, queue: ReviewQueue) -> bool:
    wanted = select(ReviewRound.seed_id).where(ReviewRound.queue_id == queue.id).limit(1)
    return session.scalar(wanted) is not None


def _one_at_a_time(session: Session) -> None:
    # Queues are made and changed rarely: one lock keeps two equal requests from meeting.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("review_queue", 0))))


def _refuse_taken(session: Session, queue: ReviewQueue) -> None:
    with session.no_autoflush:
        wanted = select(ReviewQueue.id).where(ReviewQueue.name == queue.name)
        taken = session.scalar(wanted.where(ReviewQueue.id.is_distinct_from(queue.id)))
    if taken is not None:
        message = f"there is a queue {queue.name} already"
        raise Conflict(message, field="name", code="name_taken")


def _refuse_too_few(queue: ReviewQueue, assigned: int) -> None:
    if assigned and assigned < queue.overlap:
        message = f"{queue.overlap} curators decide each seed, but only {assigned} are assigned"
        raise Invalid(message, field="curators", code="too_few")


def _assign(session: Session, queue: ReviewQueue, user_ids: Sequence[int]) -> None:
    wanted = sorted(set(user_ids))
    unknown = set(wanted) - {person.id for person in may_decide(session)}
    if unknown:
        raise Invalid(f"no curator: {sorted(unknown)}", field="curators", code="no_curator")
    _refuse_too_few(queue, len(wanted))
    session.execute(delete(QueueCurator).where(QueueCurator.queue_id == queue.id))
    if wanted:
        rows = [{"queue_id": queue.id, "user_id": user_id} for user_id in wanted]
        session.execute(insert(QueueCurator), rows)

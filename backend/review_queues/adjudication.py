"""Adjudication: seeds on which the curators of a queue do not agree, and the last word on them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Forbidden
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor
from backend.review import history
from backend.review.effects import living, lock_seeds, refuse_contaminated
from backend.review.tables import Decision
from backend.review_queues.opinions import settle
from backend.review_queues.rounds import unsettled
from backend.review_queues.schemas import Adjudicated, AdjudicationCreate, Dispute, OpinionOut
from backend.review_queues.tables import Opinion, ReviewQueue, ReviewRound
from backend.seeds.lists import seed_rows
from backend.seeds.tables import Seed


def list_disputes(
    session: Session, user: User, paging: PageQuery, queue_id: int | None
) -> Page[Dispute]:
    """Seeds that wait for an adjudicator and that the caller may decide, by number.

    Whoever has given an opinion sees none of the others': only an admin decides all the same.
    """
    wanted = _for_adjudicator(user)
    if queue_id is not None:
        existing(session, ReviewQueue, queue_id, "queue")
        wanted = wanted.where(ReviewRound.queue_id == queue_id)
    total = None
    if paging.after is None:
        total = session.scalar(select(func.count()).select_from(wanted.subquery()))
    else:
        seed_id, queue = decode_cursor(paging.after, [(int,), (int,)])
        wanted = wanted.where(tuple_(ReviewRound.seed_id, ReviewRound.queue_id) > (seed_id, queue))
    order = (ReviewRound.seed_id, ReviewRound.queue_id)
    found = session.scalars(wanted.order_by(*order).limit(paging.limit + 1)).all()
    rounds = found[: paging.limit]
    more = len(found) > len(rounds)
    return Page(
        items=_disputes(session, rounds),
        next=encode_cursor([rounds[-1].seed_id, rounds[-1].queue_id]) if more else None,
        total=total,
    )


def adjudicate(session: Session, user: User, body: AdjudicationCreate) -> Adjudicated:
    """Decide a seed on which curators do not agree: an ordinary decision, which can be undone.

    Raises:
        NotFound: there is no such seed or queue.
        Conflict: the seed does not wait for an adjudicator, reads otherwise by now, or hits stop
            its acceptance.
        Forbidden: the caller has given an opinion and is no admin.
    """
    seed = lock_seeds(session, [body.seed_id]).get(body.seed_id)
    earlier = session.scalar(select(Decision).where(Decision.token == body.token))
    if earlier is None:
        queue = existing(session, ReviewQueue, body.queue_id, "queue")
        seed = living(seed, body.seed_id)
        _refuse(session, user, queue, seed, body.revision_id)
        if body.kind == "accept":
            refuse_contaminated(session, seed)
        earlier = settle(
            session, user, queue, seed, body.kind, reason=body.reason or None, token=body.token
        )
    elif _meaning(earlier) != (body.queue_id, body.seed_id, body.kind, user.id):
        message = f"the token stands for decision {earlier.id}, which is another"
        raise Conflict(message, field="token", code="token_reused")
    [row] = seed_rows(session, [body.seed_id])
    return Adjudicated(decision=history.read(session, user, earlier.id), seed=row)


def _meaning(event: Decision) -> tuple[int | None, int, str, int]:
    return (event.queue_id, event.seed_id, event.kind, event.user_id)


def _for_adjudicator(user: User) -> Select[ReviewRound]:
    wanted = (
        select(ReviewRound)
        .join(Seed, Seed.id == ReviewRound.seed_id)
        .where(ReviewRound.state == "waiting", unsettled())
    )
    if user.role == "admin":
        return wanted
    mine = select(Opinion.user_id).where(
        Opinion.queue_id == ReviewRound.queue_id,
        Opinion.revision_id == ReviewRound.revision_id,
        Opinion.user_id == user.id,
    )
    return wanted.where(~mine.exists())


def _refuse(session: Session, user: User, queue: ReviewQueue, seed: Seed, revision_id: int) -> None:
    if revision_id != seed.revision_id:
        message = f"seed {seed.id} has a new wording since: look at it again"
        raise Conflict(message, field="revision_id", code="stale_revision")
    found = session.get(ReviewRound, (queue.id, seed.revision_id), populate_existing=True)
    if found is None or found.state != "waiting" or found.status != seed.status:
        message = f"seed {seed.id} does not wait for an adjudicator"
        raise Conflict(message, field="seed_id", code="not_waiting")
    given = session.get(Opinion, (queue.id, seed.revision_id, user.id))
    if given is not None and user.role != "admin":
        raise Forbidden("who has given an opinion does not adjudicate", field="seed_id")


def _disputes(session: Session, rounds: Sequence[ReviewRound]) -> list[Dispute]:
    seeds = {row.id: row for row in seed_rows(session, [round.seed_id for round in rounds])}
    queue_ids = {round.queue_id for round in rounds}
    named = select(ReviewQueue.id, ReviewQueue.name).where(ReviewQueue.id.in_(queue_ids))
    names = dict(session.execute(named).all())
    opinions = _opinions(session, rounds)
    return [
        Dispute(
            queue_id=round.queue_id,
            queue=names[round.queue_id],
            seed=seeds[round.seed_id],
            opinions=opinions[round.queue_id, round.revision_id],
        )
        for round in rounds
    ]


def _opinions(
    session: Session, rounds: Sequence[ReviewRound]
) -> dict[tuple[int, int], list[OpinionOut]]:
    keys = [(round.queue_id, round.revision_id) for round in rounds]
    found: dict[tuple[int, int], list[OpinionOut]] = {key: [] for key in keys}
    rows = session.execute(
        select(Opinion, User.name, Decision.created_at)
        .join(User, User.id == Opinion.user_id)
        .join(Decision, Decision.id == Opinion.decision_id)
        .where(tuple_(Opinion.queue_id, Opinion.revision_id).in_(keys))
        .order_by(Opinion.decision_id)
        .execution_options(populate_existing=True)
    )
    for opinion, name, at in rows:
        shown = OpinionOut(
            user=name, kind=opinion.kind, flagged=opinion.flagged, reason=opinion.reason,
            created_at=at,
        )  # fmt: skip
        found[opinion.queue_id, opinion.revision_id].append(shown)
    return found

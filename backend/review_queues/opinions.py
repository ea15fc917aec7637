"""Opinions: what each of several curators decides about a seed, which changes nothing by itself.

An opinion is an event like any decision, so that it can be repeated, undone and done again in order
with the others; the table `opinion` is the fold of these events. When all opinions of a round are
in and alike, they become a decision on the seed; else the round waits for an adjudicator.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import Json
from backend.errors import Conflict
from backend.review.effects import apply, changes_of, refuse_contaminated
from backend.review.history import record
from backend.review.schemas import DecisionCreate
from backend.review.tables import Decision
from backend.review_queues.rounds import refresh, running_round, votes_in
from backend.review_queues.tables import VOTES, Opinion, ReviewQueue, ReviewRound
from backend.seeds.tables import Seed

FIELD: Final = "opinion"
PREFIX: Final = "opinion_"
KINDS: Final = frozenset({*VOTES, "flag", "unflag"})


def is_opinion(event: Decision) -> bool:
    """Whether an event is about an opinion, given or taken back."""
    return FIELD in event.after


def give(
    session: Session, user: User, queue: ReviewQueue, seed: Seed, row: DecisionCreate
) -> Decision:
    """Take a curator's opinion on a seed; an earlier one of theirs in this round gives way.

    Raises:
        Conflict: hits stop an acceptance, the seed is decided, or enough curators have voted.
        Invalid: the seed is not in the queue.
    """
    if row.kind == "accept":
        refuse_contaminated(session, seed)
    round = running_round(session, user, queue, seed)
    if row.kind in VOTES:
        _refuse_full(session, queue, seed.id, seed.revision_id, user.id)
    before = _as_it_stands(session, queue.id, seed.revision_id, user.id)
    event = record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id,
        kind=PREFIX + row.kind, reason=row.reason or None, before={FIELD: before},
        after={FIELD: _changed(before, row)}, token=row.token, queue_id=queue.id,
    )  # fmt: skip
    _put(session, event)
    _conclude(session, user, queue, seed, round)
    return event


def restore(session: Session, user: User, seed: Seed, event: Decision) -> None:
    """Let an undo or a redo of an opinion have its effect."""
    queue = session.get_one(ReviewQueue, event.queue_id)
    if (event.after[FIELD] or {}).get("kind"):
        _refuse_full(session, queue, event.seed_id, event.revision_id, event.user_id)
    _put(session, event)
    round = session.get_one(ReviewRound, (queue.id, event.revision_id))
    if event.revision_id == seed.revision_id and round.status == seed.status:
        _conclude(session, user, queue, seed, round)
    else:
        refresh(session, queue.id, event.revision_id)


def before_undo(session: Session, target: Decision) -> Json:
    """What the opinion is now, which an undo replaces."""
    return {FIELD: _as_it_stands(session, target.queue_id, target.revision_id, target.user_id)}


def agreement_after(session: Session, seed: Seed, target: Decision) -> Decision | None:
    """The decision that came of itself with this opinion, and stands: it goes first.

    Raises:
        Conflict: the seed was decided otherwise since.
    """
    if target.revision_id != seed.revision_id:
        return None
    undoing = aliased(Decision)
    agreed = session.scalar(
        select(Decision)
        .outerjoin(undoing, undoing.undoes_id == Decision.id)
        .where(
            Decision.seed_id == seed.id,
            Decision.user_id == target.user_id,
            Decision.queue_id == target.queue_id,
            Decision.revision_id == target.revision_id,
            Decision.kind.in_(VOTES),
            Decision.token.is_(None),
            Decision.id > target.id,
            undoing.id.is_(None),
        )
    )
    round = session.get_one(ReviewRound, (target.queue_id, target.revision_id))
    if agreed is None and (round.state == "settled" or round.status != seed.status):
        raise Conflict(f"seed {seed.id} is decided", code="settled")
    return agreed


def settle(
    session: Session,
    user: User,
    queue: ReviewQueue,
    seed: Seed,
    kind: str,
    *,
    reason: str | None,
    token: UUID | None = None,
) -> Decision:
    """Decide the seed for the queue; a flag in any opinion becomes the seed's.

    Without a token it is a decision that came of itself, with the last opinion.
    """
    changes = dict(changes_of(kind, seed, None))
    flags = select(Opinion.flagged).where(
        Opinion.queue_id == queue.id, Opinion.revision_id == seed.revision_id, Opinion.flagged
    )
    if not seed.flagged and session.scalar(flags.limit(1)):
        changes["flagged"] = True
    before = apply(session, seed, None, changes)
    event = record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=kind,
        reason=reason, before=before, after=changes, token=token, queue_id=queue.id,
    )  # fmt: skip
    refresh(session, queue.id, seed.revision_id)
    return event


def _changed(before: Json | None, row: DecisionCreate) -> Json:
    opinion = before or {"kind": None, "flagged": False, "reason": None}
    if row.kind in VOTES:
        return {**opinion, "kind": row.kind, "reason": row.reason or None}
    return {**opinion, "flagged": row.kind == "flag"}


def _as_it_stands(
    session: Session, queue_id: int | None, revision_id: int, user_id: int
) -> Json | None:
    key = (queue_id, revision_id, user_id)
    found = session.get(Opinion, key, populate_existing=True)
    if found is None:
        return None
    return {"kind": found.kind, "flagged": found.flagged, "reason": found.reason}


def _refuse_full(
    session: Session, queue: ReviewQueue, seed_id: int, revision_id: int, user_id: int
) -> None:
    votes = votes_in(session, queue.id, revision_id)
    if sum(vote.user_id != user_id for vote in votes) >= queue.overlap:
        message = f"{queue.overlap} other curators have decided seed {seed_id} by now"
        raise Conflict(message, field="seed_id", code="enough")


def _put(session: Session, event: Decision) -> None:
    """Make the table say what the event says."""
    key = {
        "queue_id": event.queue_id, "revision_id": event.revision_id, "user_id": event.user_id,
    }  # fmt: skip
    opinion = event.after[FIELD]
    if opinion is None:
        session.execute(delete(Opinion).filter_by(**key))
        return
    values = {**opinion, "decision_id": event.id}
    session.execute(
        insert(Opinion)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )


def _conclude(
    session: Session, user: User, queue: ReviewQueue, seed: Seed, round: ReviewRound
) -> None:
    """Decide the seed where all opinions are in and alike; write down where the round stands."""
    votes = votes_in(session, queue.id, seed.revision_id)
    kinds = {str(vote.kind) for vote in votes}
    if len(votes) == queue.overlap and len(kinds) == 1 and round.state != "settled":
        [kind] = kinds
        if kind != "accept" or _can_be_accepted(session, seed):
            reason = f"{len(votes)} of {len(votes)} curators agreed"
            settle(session, user, queue, seed, kind, reason=reason)
    refresh(session, queue.id, seed.revision_id)


def _can_be_accepted(session: Session, seed: Seed) -> bool:
    """A hit that was found since the first opinion stops it: then an adjudicator looks at it."""
    try:
        refuse_contaminated(session, seed)
    except Conflict:
        return False
    return True

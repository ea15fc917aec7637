"""Undo: the inverse event. Undo of an undo is the decision again, and has its kind: that is redo.

So of the events that nothing has undone, those of kind `undo` took something back, and all others
stand.
"""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.decontamination.tables import DecontaminationHit
from backend.decontamination.words import as_it_stands
from backend.errors import Conflict, NotFound
from backend.review.batches import add_counts
from backend.review.effects import (
    HIT_FIELDS,
    TRACE_FIELDS,
    apply,
    living,
    lock_seeds,
    refuse_contaminated,
)
from backend.review.history import record
from backend.review.tables import Decision
from backend.review_queues.opinions import FIELD as OPINION
from backend.review_queues.opinions import agreement_after, before_undo, is_opinion, restore
from backend.review_queues.rounds import refresh, refuse_overruling
from backend.review_queues.tables import VOTES
from backend.rewriting.standing import follow
from backend.seeds.rechecks import enqueue_rechecks
from backend.seeds.tables import Seed
from backend.traces.deciding import set_word

_Undoing = aliased(Decision)


def undo(session: Session, user: User, token: UUID, decision_id: int | None) -> Decision:
    """Take a decision back, or an undo; a repeated token gives the event of the first time.

    Args:
        session: the caller's; flushed, not committed.
        user: who takes it back; it need not be who decided.
        token: the caller's own.
        decision_id: what to take back; by default the caller's last decision that stands.

    Raises:
        NotFound: there is no such decision, or none that stands.
        Conflict: it is undone already, a later decision on the seed stands against it, or it is one
            of a bulk action and was not asked for by its number.
    """
    if (earlier := _earlier(session, user, token)) is not None:
        return earlier
    target = _named(session, user, decision_id) if decision_id else _last_decision(session, user)
    return _take_back(session, user, target, token)


def redo(session: Session, user: User, token: UUID, decision_id: int | None) -> Decision:
    """Take an undo back, so that the decision holds again; a repeated token gives the first event.

    Args:
        session: the caller's; flushed, not committed.
        user: who does it again; it need not be who undid it.
        token: the caller's own.
        decision_id: the undo to take back; by default the caller's last that stands.

    Raises:
        NotFound: there is no such undo, or none that stands.
        Conflict: as for `undo`, or the number is not an undo's, or several curators are deciding
            the seed by now.
    """
    if (earlier := _earlier(session, user, token)) is not None:
        if earlier.kind == "undo":
            raise Conflict(f"the token stands for undo {earlier.id}", code="token_reused")
        return earlier
    target = _named(session, user, decision_id) if decision_id else _last_undo(session, user)
    if target.kind != "undo":
        message = f"decision {target.id} ({target.kind}) is no undo"
        raise Conflict(message, field="decision_id", code="not_an_undo")
    return _take_back(session, user, target, token)


def _earlier(session: Session, user: User, token: UUID) -> Decision | None:
    """The event of this token, where it has been sent before.

    One undo at a time for each user, so that two quick ones take back two decisions.
    """
    session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    earlier = session.scalar(select(Decision).where(Decision.token == token))
    if earlier is not None and earlier.undoes_id is None:
        message = f"the token stands for decision {earlier.id}, which is no undo"
        raise Conflict(message, field="token", code="token_reused")
    return earlier


def _kind_of_undoing(session: Session, event: Decision) -> str:
    """How the event that takes this one back is called."""
    if event.kind != "undo":
        return "undo"
    # An undo's target is never an undo: undoing an undo has the decision's own kind.
    return session.get_one(Decision, event.undoes_id).kind


def _named(session: Session, user: User, decision_id: int) -> Decision:
    decision = session.get(Decision, decision_id)
    if decision is None or (is_opinion(decision) and decision.user_id != user.id):
        raise NotFound(f"there is no decision {decision_id}", field="decision_id")
    return decision


def _last_decision(session: Session, user: User) -> Decision:
    last = session.scalar(_standing(user).where(Decision.kind != "undo"))
    if last is None:
        raise NotFound("there is nothing to undo", code="nothing_to_undo")
    if last.batch is not None:
        raise Conflict(f"the last was a bulk action: undo batch {last.batch}", code="bulk")
    return last


def _last_undo(session: Session, user: User) -> Decision:
    last = session.scalar(_standing(user).where(Decision.kind == "undo"))
    if last is None:
        raise NotFound("there is nothing to redo", code="nothing_to_redo")
    if last.batch is not None:
        raise Conflict(f"the last undo was of a bulk action: undo batch {last.batch}", code="bulk")
    return last


def _standing(user: User) -> Select[Decision]:
    """The user's last event that nothing took back, on a seed that lives."""
    return (
        select(Decision)
        .join(Seed, Seed.id == Decision.seed_id)
        .outerjoin(_Undoing, _Undoing.undoes_id == Decision.id)
        .where(
            Decision.user_id == user.id,
            # What came of itself with an opinion goes with it.
            or_(Decision.token.is_not(None), Decision.queue_id.is_(None)),
            _Undoing.id.is_(None),
            Seed.withdrawn_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _refuse_contradiction(session: Session, target: Decision) -> None:
    undone_by = session.scalar(select(Decision.id).where(Decision.undoes_id == target.id))
    if undone_by is not None:
        message = f"decision {target.id} was undone by decision {undone_by}"
        raise Conflict(message, code="already_undone")
    standing_later = session.scalars(
        select(Decision)
        .outerjoin(_Undoing, _Undoing.undoes_id == Decision.id)
        .where(Decision.seed_id == target.seed_id, Decision.id > target.id, _Undoing.id.is_(None))
        .order_by(Decision.id.desc())
    )
    for event in standing_later:
        if not _took_back_later(event, target) and _meet(event, target):
            message = f"decision {event.id} ({event.kind}) came later: undo it first"
            raise Conflict(message, code="contradicted")


def _took_back_later(event: Decision, target: Decision) -> bool:
    return event.kind == "undo" and event.undoes_id is not None and event.undoes_id > target.id


def _meet(event: Decision, target: Decision) -> bool:
    """Whether two events are about the same fields; who accepts relies on what was said of hits."""
    about_hits = "hit_state" in target.after
    if about_hits and event.after.get("status") == "accepted":
        return True
    shared = event.after.keys() & target.after.keys()
    if (event.queue_id, event.revision_id, event.user_id) != (
        target.queue_id, target.revision_id, target.user_id,
    ):  # fmt: skip
        shared -= {OPINION}
    if event.hit_id != target.hit_id:
        shared -= HIT_FIELDS
    if event.sample_id != target.sample_id:
        shared -= TRACE_FIELDS
    return bool(shared)


def _take_back(session: Session, user: User, target: Decision, token: UUID) -> Decision:
    hit_ids = [] if target.hit_id is None else [target.hit_id]
    locked = lock_seeds(session, [target.seed_id], hit_ids)
    seed = living(locked.get(target.seed_id), target.seed_id)
    if is_opinion(target):
        return _take_back_opinion(session, user, seed, target, token)
    return _take_back_decision(session, user, seed, target, token)


def _take_back_decision(
    session: Session, user: User, seed: Seed, target: Decision, token: UUID | None
) -> Decision:
    _refuse_contradiction(session, target)
    hit = None
    if target.hit_id is not None:
        hit = session.get(DecontaminationHit, target.hit_id, populate_existing=True)
    kind = _kind_of_undoing(session, target)
    if kind in VOTES:
        refuse_overruling(session, user, seed, target.queue_id)
    if kind == "accept":
        refuse_contaminated(session, seed)
    changes = target.before
    if hit is not None:
        changes = as_it_stands(session, hit, changes)
    if target.sample_id is not None:
        before = set_word(session, target.sample_id, changes)
    else:
        before = apply(session, seed, hit, changes)
    if "revision_id" in before:
        enqueue_rechecks(session, user, select(Seed.id).where(Seed.id == seed.id))
    if target.batch is not None:
        add_counts(session, target.batch, undone=1)
    event = record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=kind,
        before=before, after=changes, hit_id=target.hit_id, sample_id=target.sample_id,
        token=token, undoes_id=target.id, queue_id=target.queue_id,
    )  # fmt: skip
    refresh(session, target.queue_id, target.revision_id)
    if "rewrite" in (target.kind, kind):
        follow(session, event)
    return event


def _take_back_opinion(
    session: Session, user: User, seed: Seed, target: Decision, token: UUID
) -> Decision:
    if (agreed := agreement_after(session, seed, target)) is not None:
        _take_back_decision(session, user, seed, agreed, None)
    _refuse_contradiction(session, target)
    event = record(
        session, seed_id=seed.id, revision_id=target.revision_id, user_id=user.id,
        kind=_kind_of_undoing(session, target), before=before_undo(session, target),
        after=target.before, token=token, undoes_id=target.id, queue_id=target.queue_id,
    )  # fmt: skip
    restore(session, user, seed, event)
    return event

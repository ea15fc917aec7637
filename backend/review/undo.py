"""Undo: the inverse event. Undo of an undo is the decision again, and has its kind.

So of the events that nothing has undone, those of kind `undo` took something back, and all others
stand.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.decontamination.service import enqueue_check
from backend.decontamination.tables import DecontaminationHit
from backend.errors import Conflict, NotFound
from backend.review.effects import apply, living, lock_seeds, refuse_contaminated
from backend.review.history import record
from backend.review.tables import Decision
from backend.seeds.tables import Seed

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
    # One undo at a time for each user, so that two quick ones take back two decisions.
    session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    if (earlier := _of_token(session, token)) is not None:
        return earlier
    target = _target(session, user, decision_id)
    seed = living(lock_seeds(session, [target.seed_id]).get(target.seed_id), target.seed_id)
    _refuse_contradiction(session, target)
    return _take_back(session, user, seed, target, token)


def kind_of_undoing(session: Session, event: Decision) -> str:
    """How the event that takes this one back is called."""
    if event.kind != "undo":
        return "undo"
    # An undo's target is never an undo: undoing an undo has the decision's own kind.
    return session.get_one(Decision, event.undoes_id).kind


def _of_token(session: Session, token: UUID) -> Decision | None:
    earlier = session.scalar(select(Decision).where(Decision.token == token))
    if earlier is not None and earlier.undoes_id is None:
        message = f"the token stands for decision {earlier.id}, which is no undo"
        raise Conflict(message, field="token", code="token_reused")
    return earlier


def _target(session: Session, user: User, decision_id: int | None) -> Decision:
    if decision_id is not None:
        decision = session.get(Decision, decision_id)
        if decision is None:
            raise NotFound(f"there is no decision {decision_id}", field="decision_id")
        return decision
    last = session.scalar(
        select(Decision)
        .join(Seed, Seed.id == Decision.seed_id)
        .outerjoin(_Undoing, _Undoing.undoes_id == Decision.id)
        .where(
            Decision.user_id == user.id,
            Decision.kind != "undo",
            _Undoing.id.is_(None),
            Seed.withdrawn_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if last is None:
        raise NotFound("there is nothing to undo", code="nothing_to_undo")
    if last.batch is not None:
        raise Conflict(f"the last was a bulk action: undo batch {last.batch}", code="bulk")
    return last


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
    if event.hit_id != target.hit_id:
        shared -= {"hit_state"}
    return bool(shared)


def _take_back(session: Session, user: User, seed: Seed, target: Decision, token: UUID) -> Decision:
    hit = None
    if target.hit_id is not None:
        hit = session.get(DecontaminationHit, target.hit_id, populate_existing=True)
    kind = kind_of_undoing(session, target)
    if kind == "accept":
        refuse_contaminated(session, seed)
    before = apply(session, seed, hit, target.before)
    if "revision_id" in before:
        enqueue_check(session, user)
    return record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=kind,
        before=before, after=target.before, hit_id=target.hit_id, token=token, undoes_id=target.id,
    )  # fmt: skip

"""Approve, reject and withdraw rewrites.

Whoever decides holds the seed's row, so that one decides at a time. An approval is an event of the
history; undoing that event takes it back.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.decontamination.waiting import checked_against, want_check
from backend.decontamination.words import recount
from backend.errors import Conflict, Forbidden, Invalid
from backend.review.history import record
from backend.rewriting.checks import checks_of, names_with
from backend.rewriting.service import get_rewrite, refuse_stale
from backend.rewriting.standing import mark_approved
from backend.rewriting.tables import Rewrite, RewriteApproval
from backend.scoring.recompute import scores_of
from backend.seeds.rechecks import enqueue_rechecks
from backend.seeds.service import get_seed, make_current
from backend.seeds.state import SCORES, changes_since, set_scores, state_of
from backend.seeds.tables import Seed, SeedRevision


def approve(session: Session, user: User, rewrite_id: int, overrules: str | None) -> None:
    """Approve a rewrite; with the last key that is needed the seed reads so, and is pending again.

    Who has approved it already changes nothing by doing so again.

    Args:
        session: the caller's; flushed, not committed.
        user: a curator.
        rewrite_id: what is approved.
        overrules: an admin's reason to take it though it failed checks.

    Raises:
        NotFound: there is no such rewrite, or its seed was taken back.
        Conflict: it is decided, the seed reads otherwise by now, another seed has the prompt, or it
            has failed checks that nobody overrules.
        Forbidden: the caller is its author where two are needed, or overrules and is no admin.
    """
    seed, rewrite = _held(session, rewrite_id)
    keys = _keys(session, rewrite)
    if rewrite.state == "approved" and any(key.user_id == user.id for key in keys):
        return
    _refuse_decided(rewrite)
    refuse_stale(seed, rewrite.base_revision_id)
    if settings().rewrite_approvals > 1 and rewrite.author_id == user.id:
        raise Forbidden("another than its author has to approve a rewrite")
    _refuse_failed(session, user, rewrite, keys, overrules)
    if all(key.user_id != user.id for key in keys):
        key = RewriteApproval(rewrite_id=rewrite.id, user_id=user.id, overrules=overrules)
        session.add(key)
        session.flush()
        keys = [*keys, key]
    if len(keys) >= settings().rewrite_approvals:
        _take(session, user, seed, rewrite, keys)


def reject(session: Session, user: User, rewrite_id: int, reason: str) -> None:
    """Say that a rewrite is not taken; the seed stays as it is.

    Raises:
        NotFound: there is no such rewrite.
        Conflict: it is decided.
    """
    _close(session, user, rewrite_id, "rejected", reason)


def withdraw(session: Session, user: User, rewrite_id: int) -> None:
    """Take one's own rewrite back; an admin may take back anybody's.

    Raises:
        NotFound: there is no such rewrite.
        Conflict: it is decided.
        Forbidden: it is another's.
    """
    rewrite = get_rewrite(session, rewrite_id)
    if rewrite.author_id != user.id and user.role != "admin":
        raise Forbidden(f"rewrite {rewrite_id} is another's: reject it, and say why")
    _close(session, user, rewrite_id, "withdrawn", None)


def _close(session: Session, user: User, rewrite_id: int, state: str, reason: str | None) -> None:
    _, rewrite = _held(session, rewrite_id)
    if (rewrite.state, rewrite.decided_by) == (state, user.id):
        return
    _refuse_decided(rewrite)
    rewrite.state, rewrite.reason, rewrite.decided_by = state, reason, user.id
    rewrite.decided_at = session.scalar(select(func.now()))
    session.flush()
    want_check(session, rewrite.revision_id, wanted=False)


def _held(session: Session, rewrite_id: int) -> tuple[Seed, Rewrite]:
    rewrite = get_rewrite(session, rewrite_id)
    seed = get_seed(session, rewrite.seed_id, lock=True)
    session.refresh(rewrite)
    return seed, rewrite


def _keys(session: Session, rewrite: Rewrite) -> Sequence[RewriteApproval]:
    wanted = select(RewriteApproval).where(
        RewriteApproval.rewrite_id == rewrite.id, RewriteApproval.taken_back_at.is_(None)
    )
    return session.scalars(wanted.order_by(RewriteApproval.id)).all()


def _refuse_decided(rewrite: Rewrite) -> None:
    if rewrite.state != "proposed":
        message = f"rewrite {rewrite.id} is {rewrite.state} already"
        raise Conflict(message, code="rewrite_decided")


def _refuse_failed(
    session: Session,
    user: User,
    rewrite: Rewrite,
    keys: Sequence[RewriteApproval],
    overrules: str | None,
) -> None:
    failed = names_with(checks_of(session, [rewrite.id])[rewrite.id], "failed")
    if overrules is not None and not failed:
        raise Invalid("no check has failed: there is nothing to overrule", field="overrules")
    if overrules is not None and user.role != "admin":
        raise Forbidden("an admin overrules failed checks", field="overrules")
    if failed and overrules is None and all(key.overrules is None for key in keys):
        message = f"rewrite {rewrite.id} failed {', '.join(failed)}: an admin may overrule that"
        raise Conflict(message, field="overrules", code="failed_checks")


def _take(
    session: Session, user: User, seed: Seed, rewrite: Rewrite, keys: Sequence[RewriteApproval]
) -> None:
    """Have the seed read so, with the verdict on it, as one event that can be undone."""
    before = state_of(seed)
    revision = session.get_one(SeedRevision, rewrite.revision_id)
    if revision.answer != session.get_one(SeedRevision, rewrite.base_revision_id).answer:
        of_model = rewrite.endpoint_id is not None and revision.answer is not None
        seed.answer_origin = "proposed" if of_model else "given"
    make_current(session, seed, revision, checked_against(session, revision.id))
    if (scores := scores_of(session, revision.id)) is not None:
        set_scores(session, [scores])
    recount(session, [seed.id])
    was, is_now = changes_since(seed, before)
    # All scores, also those that are alike by chance: undo takes what is left out for unknown.
    was |= {name: before[name] for name in SCORES}
    is_now |= {name: getattr(seed, name) for name in SCORES}
    reasons = [key.overrules for key in keys if key.overrules]
    event = record(
        session, seed_id=seed.id, revision_id=revision.id, user_id=user.id, kind="rewrite",
        reason="; ".join(reasons) or rewrite.why, before=was, after=is_now,
    )  # fmt: skip
    mark_approved(session, rewrite, event)
    enqueue_rechecks(session, user, select(Seed.id).where(Seed.id == seed.id))
    session.flush()

"""Where rewrites stand after their approval was taken back, or taken back again."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.decontamination.waiting import want_check
from backend.errors import Conflict
from backend.review.tables import Decision
from backend.rewriting.tables import Rewrite, RewriteApproval


def follow(session: Session, event: Decision) -> None:
    """Write down what the undo or redo of an approval means for its rewrite.

    The caller holds the seed's row.

    Raises:
        Conflict: the approval is to hold again, but the rewrite was rejected or withdrawn since.
    """
    holds = event.kind == "rewrite"
    revision_id = (event.after if holds else event.before)["revision_id"]
    wanted = select(Rewrite).where(Rewrite.revision_id == revision_id)
    rewrite = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if holds:
        _hold_again(session, rewrite, event)
    else:
        _reopen(session, rewrite)
    session.flush()


def mark_approved(session: Session, rewrite: Rewrite, event: Decision) -> None:
    """The rewrite is the seed's wording now, by this event."""
    rewrite.state, rewrite.decision_id = "approved", event.id
    rewrite.decided_by, rewrite.decided_at = event.user_id, event.created_at
    want_check(session, rewrite.revision_id, wanted=False)


def _hold_again(session: Session, rewrite: Rewrite, event: Decision) -> None:
    if rewrite.state != "proposed":
        message = f"rewrite {rewrite.id} was {rewrite.state} since"
        raise Conflict(message, code="rewrite_decided")
    mark_approved(session, rewrite, event)


def _reopen(session: Session, rewrite: Rewrite) -> None:
    rewrite.state = "proposed"
    rewrite.decision_id = rewrite.decided_by = rewrite.decided_at = None
    session.execute(
        update(RewriteApproval)
        .where(RewriteApproval.rewrite_id == rewrite.id, RewriteApproval.taken_back_at.is_(None))
        .values(taken_back_at=func.now())
    )
    want_check(session, rewrite.revision_id, wanted=True)

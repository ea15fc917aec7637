"""A curator's word on a trace: an event like any decision, undone and redone like any other."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import Json, existing
from backend.errors import Conflict
from backend.review.effects import living, lock_seeds
from backend.review.history import record
from backend.review.tables import Decision
from backend.seeds.tables import SeedRevision
from backend.traces.schemas import CuratorsWord, WordCreate
from backend.traces.tables import KEEPABLE, Trace

KINDS: Final[dict[CuratorsWord, str]] = {"kept": "keep_trace", "rejected": "reject_trace"}


def decide(session: Session, user: User, sample_id: int, body: WordCreate) -> None:
    """Keep or reject a trace for a reason; a repeated token has no second effect.

    Raises:
        NotFound: there is no such trace.
        Conflict: a rule rejects it, and it is to be kept; its seed was taken back; or the token
            stands for another decision.
    """
    trace = existing(session, Trace, sample_id, "trace")
    seed_id = session.get_one(SeedRevision, trace.revision_id).seed_id
    seed = living(lock_seeds(session, [seed_id]).get(seed_id), seed_id)
    if _was_taken(session, user, sample_id, body):
        return
    if body.word == "kept" and not session.scalar(
        select(KEEPABLE).where(Trace.sample_id == sample_id)
    ):
        message = f"a rule rejects trace {sample_id} ({trace.reason}): ask for another"
        raise Conflict(message, field="word", code="rule_stands")
    changes = {"trace_word": body.word, "trace_reason": body.reason}
    before = set_word(session, sample_id, changes)
    record(
        session, seed_id=seed.id, revision_id=trace.revision_id, user_id=user.id,
        kind=KINDS[body.word], reason=body.reason, before=before, after=changes,
        sample_id=sample_id, token=body.token,
    )  # fmt: skip


def set_word(session: Session, sample_id: int, changes: Json) -> Json:
    """Set what a curator says of a trace; the caller holds its seed.

    Returns:
        The same fields as they were before.
    """
    trace = session.get_one(Trace, sample_id, populate_existing=True)
    before = {"trace_word": trace.word, "trace_reason": trace.word_reason}
    trace.word, trace.word_reason = changes["trace_word"], changes["trace_reason"]
    session.flush()
    return before


def _was_taken(session: Session, user: User, sample_id: int, body: WordCreate) -> bool:
    earlier = session.scalar(select(Decision).where(Decision.token == body.token))
    if earlier is None:
        return False
    meant = (sample_id, KINDS[body.word], user.id)
    if (earlier.sample_id, earlier.kind, earlier.user_id) != meant:
        message = f"the token stands for decision {earlier.id}, which is another"
        raise Conflict(message, field="token", code="token_reused")
    return True

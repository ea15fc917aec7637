"""Take decisions, each on its own: a wrong one never spoils the others."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.tables import DecontaminationHit
from backend.errors import Conflict, Invalid, NotFound, SeedbedError
from backend.review.effects import apply, changes_of, living, lock_seeds, refuse_contaminated
from backend.review.history import record
from backend.review.leases import end_leases
from backend.review.results import DecisionResult
from backend.review.schemas import DecisionCreate
from backend.review.tables import Decision
from backend.review_queues import opinions, overlap_leases
from backend.review_queues.rounds import refuse_overruling
from backend.review_queues.service import queue_for
from backend.review_queues.tables import VOTES
from backend.seeds.lists import seed_rows
from backend.seeds.schemas import RowError
from backend.seeds.tables import Seed

# After these the seed is off the curator's screen.
ENDING = frozenset({*VOTES, "skip"})


class _Taken(NamedTuple):
    """A decision in the history, new or known from an earlier post."""

    decision: Decision
    repeated: bool


def decide(session: Session, user: User, rows: Sequence[Any]) -> list[DecisionResult]:
    """Take decisions in the order given.

    Args:
        session: one transaction for all of them.
        user: who decides.
        rows: JSON values; what is no decision gets a result too.
    """
    parsed = [_parse(row) for row in rows]
    decisions = [row for row in parsed if isinstance(row, DecisionCreate)]
    seeds = lock_seeds(session, [row.seed_id for row in decisions], _hits_meant(decisions))
    known = _known(session, (row.token for row in decisions))
    results = [
        row
        if isinstance(row, DecisionResult)
        else _result_of(session, user, row, seeds.get(row.seed_id), known)
        for row in parsed
    ]
    ended = {row.seed_id for row in decisions if row.kind in ENDING and row.token in known}
    end_leases(session, user, ended)
    overlap_leases.end(session, user, ended)
    _show_seeds(session, parsed, results)
    return results


def _parse(row: Any) -> DecisionCreate | DecisionResult:
    try:
        return DecisionCreate.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        wrong = RowError(code=first["type"], field=field, message=first["msg"])
        return DecisionResult(token=_token_of(row), status="rejected", error=wrong)


def _hits_meant(decisions: Sequence[DecisionCreate]) -> list[int]:
    return [row.hit_id for row in decisions if row.hit_id is not None]


def _token_of(row: Any) -> UUID | None:
    try:
        return UUID(row["token"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _known(session: Session, tokens: Iterable[UUID]) -> dict[UUID, Decision]:
    stored = session.scalars(select(Decision).where(Decision.token.in_(list(tokens))))
    return {decision.token: decision for decision in stored if decision.token is not None}


def _result_of(
    session: Session,
    user: User,
    row: DecisionCreate,
    seed: Seed | None,
    known: dict[UUID, Decision],
) -> DecisionResult:
    try:
        taken = _take(session, user, row, seed, known)
    except SeedbedError as error:
        wrong = RowError(code=error.problem_code, field=error.field, message=error.message)
        return DecisionResult(token=row.token, status="rejected", error=wrong)
    status = "repeated" if taken.repeated else "stored"
    return DecisionResult(token=row.token, status=status, decision_id=taken.decision.id)


def _show_seeds(
    session: Session, parsed: Sequence[object], results: Sequence[DecisionResult]
) -> None:
    asked = {row.seed_id for row in parsed if isinstance(row, DecisionCreate)}
    shown = {seed.id: seed for seed in seed_rows(session, sorted(asked))}
    for row, result in zip(parsed, results, strict=True):
        if isinstance(row, DecisionCreate):
            result.seed = shown.get(row.seed_id)


def _take(
    session: Session,
    user: User,
    row: DecisionCreate,
    seed: Seed | None,
    known: dict[UUID, Decision],
) -> _Taken:
    if (earlier := known.get(row.token)) is not None:
        _same_decision(earlier, row, user)
        return _Taken(earlier, repeated=True)
    seed = living(seed, row.seed_id)
    if row.revision_id not in (None, seed.revision_id):
        message = f"seed {seed.id} has a new wording since: look at it again"
        raise Conflict(message, field="revision_id", code="stale_revision")
    hit = _hit_of(session, seed, row)
    queue = None if row.queue_id is None else queue_for(session, user, row.queue_id)
    if queue is not None and queue.overlap > 1 and row.kind in opinions.KINDS:
        known[row.token] = opinions.give(session, user, queue, seed, row)
        return _Taken(known[row.token], repeated=False)
    if row.kind in VOTES:
        refuse_overruling(session, user, seed)
    if row.kind == "accept":
        refuse_contaminated(session, seed)
    changes = changes_of(row.kind, seed, hit)
    before = apply(session, seed, hit, changes)
    known[row.token] = record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=row.kind,
        reason=row.reason or None, before=before, after=changes, hit_id=row.hit_id,
        token=row.token, queue_id=row.queue_id,
    )  # fmt: skip
    return _Taken(known[row.token], repeated=False)


def _same_decision(earlier: Decision, row: DecisionCreate, user: User) -> None:
    meant = (row.seed_id, row.kind, row.hit_id, user.id)
    kind = earlier.kind.removeprefix(opinions.PREFIX)
    if (earlier.seed_id, kind, earlier.hit_id, earlier.user_id) != meant:
        message = f"the token stands for decision {earlier.id}, which is another"
        raise Conflict(message, field="token", code="token_reused")


def _hit_of(session: Session, seed: Seed, row: DecisionCreate) -> DecontaminationHit | None:
    about_hit = row.kind in ("confirm_hit", "dismiss_hit")
    if about_hit != (row.hit_id is not None):
        message = "name the hit" if about_hit else f"{row.kind} is about the seed, not about a hit"
        raise Invalid(message, field="hit_id")
    if row.hit_id is None:
        return None
    hit = session.get(DecontaminationHit, row.hit_id, populate_existing=True)
    if hit is None or hit.revision_id != seed.revision_id:
        message = f"seed {seed.id}, as it reads now, has no hit {row.hit_id}"
        raise NotFound(message, field="hit_id")
    return hit

"""Apply what a run suggests, as a bulk action that one undo takes back."""

from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.domains.schemas import ApplyCreate
from backend.domains.tables import DomainApplied, DomainSuggestion
from backend.errors import Conflict
from backend.review import bulk
from backend.review.classifying import Classify
from backend.review.results import BulkResult
from backend.runs.domain_creation import KIND
from backend.runs.service import get_run
from backend.runs.tables import Run
from backend.scoring.line_up import line_up_of

_APPLIED_BY_RUNS: Final = UUID("5d6f0c0e-2c35-4d6b-9a0e-6f1f7a3b9c11")


def domain_run(session: Session, run_id: int) -> Run:
    """The run.

    Raises:
        NotFound: there is none of this number.
        Conflict: it is for something else.
    """
    run = get_run(session, run_id)
    if run.kind != KIND:
        raise Conflict(f"run {run_id} is for {run.kind}, not for domains", code="not_for_domains")
    return run


def judge_of(run: Run) -> str:
    """Who suggests."""
    return line_up_of(run.settings)[0].name


def apply(session: Session, user: User, run_id: int, body: ApplyCreate) -> BulkResult:
    """Give seeds the domains that the run suggests by now.

    Raises:
        NotFound: there is no such run.
        Conflict: it is for something else, or the token stands for another action.
    """
    run = domain_run(session, run_id)
    reason = body.reason or f"domain suggested by {judge_of(run)} in run {run_id}"[:2000]
    order = Classify(body.token, reason, run_id, body.replace, body.dry_run)
    found = bulk.classify(session, user, order)
    if not body.dry_run:
        values = {"batch": body.token, "run_id": run_id, "replace": body.replace}
        session.execute(insert(DomainApplied).values(values).on_conflict_do_nothing())
    return found


def apply_at_end(session: Session, run_id: int) -> None:
    """Apply once what a run suggests at its end, by the word of who has started it.

    The token follows from the run and how much it has read: whoever comes here again changes
    nothing, and a run that is resumed for failed seeds applies what is new.
    """
    run = domain_run(session, run_id)
    read = session.scalar(select(func.count()).where(DomainSuggestion.run_id == run_id))
    token = uuid5(_APPLIED_BY_RUNS, f"{run_id} {read}")
    apply(session, session.get_one(User, run.created_by), run_id, ApplyCreate(token=token))

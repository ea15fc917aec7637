"""When near-duplicates are looked for, and where the search stands."""

from typing import Any, Final

from sqlalchemy import Select, TextualSelect, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.duplicates.schemas import SearchState
from backend.duplicates.sketching import RULE, count_due
from backend.duplicates.tables import NOTED, DuplicateDue, DuplicateGroup, DuplicateSketch
from backend.jobs.schemas import JobOut
from backend.jobs.service import OPEN, enqueue_once
from backend.jobs.tables import Job
from backend.seeds.tables import Seed

FIND: Final = "duplicates.find"


def enqueue_find(session: Session, user: User | None, changed: Select[int] | TextualSelect) -> Job:
    """Have seeds looked at that are new, have another wording, or were withdrawn.

    Args:
        session: the caller's.
        user: who changed them.
        changed: a statement for their numbers, in ascending order, as everybody writes them.
    """
    due: Any = insert(DuplicateDue).from_select(["seed_id"], changed)
    # An update, so that a search that has the row waits, or is waited for: none is lost.
    session.execute(
        due.on_conflict_do_update(
            index_elements=[DuplicateDue.seed_id], set_={"seed_id": due.excluded.seed_id}
        )
    )
    return enqueue_once(session, FIND, user)


def find_now(session: Session, user: User) -> Job:
    """Have all seeds looked at whose sketch is missing or of another wording."""
    stale = (
        select(Seed.id)
        .outerjoin(DuplicateSketch, DuplicateSketch.seed_id == Seed.id)
        .where(
            or_(
                Seed.withdrawn_at.is_(None)
                & DuplicateSketch.revision_id.is_distinct_from(Seed.revision_id),
                Seed.withdrawn_at.is_not(None) & DuplicateSketch.seed_id.is_not(None),
            )
        )
        .order_by(Seed.id)
    )
    return enqueue_find(session, user, stale)


def search_state(session: Session) -> SearchState:
    """Where the search stands: what is due, what was found, and where it stopped at a limit."""
    noted = {
        (standing, crowded): count
        for standing, crowded, count in session.execute(
            select(DuplicateSketch.standing, DuplicateSketch.crowded, func.count())
            .where(or_(DuplicateSketch.crowded, DuplicateSketch.standing.in_(NOTED)))
            .group_by(DuplicateSketch.standing, DuplicateSketch.crowded)
        )
    }
    kinds = select(DuplicateGroup.kind, func.count()).group_by(DuplicateGroup.kind)
    groups = {row[0]: row[1] for row in session.execute(kinds)}
    job = session.scalar(
        select(Job).where(Job.kind == FIND, Job.state.in_(OPEN)).order_by(Job.id).limit(1)
    )
    return SearchState(
        threshold=RULE.banding.threshold,
        seeds=session.scalar(select(func.count()).select_from(DuplicateSketch)) or 0,
        copies=groups.get("copies", 0),
        variants=groups.get("variants", 0),
        due=count_due(session),
        no_words=noted.get(("no_words", False), 0),
        left_out=noted.get(("left_out", False), 0),
        crowded=noted.get(("leader", True), 0),
        group_limit=RULE.group_limit,
        bucket_limit=RULE.bucket_limit,
        job=None if job is None else JobOut.model_validate(job),
    )

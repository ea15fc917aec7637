"""Seeds that are near-duplicates, searches over them, and what they found."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.duplicates.service import find_now
from backend.duplicates.tables import (
    DuplicateDue,
    DuplicateGroup,
    DuplicateMember,
    DuplicateSketch,
)
from backend.jobs.service import ClaimedJob, claim
from backend.jobs.tables import Job
from tests.builders import create_user
from workers.tasks.duplicates import find

DUCKS = (
    "Janet's ducks lay 16 eggs per day and she eats 3 for breakfast every morning; "
    "how many eggs are left for her to sell at the market in the old town?"
)
ROBE = (
    "A robe takes two bolts of blue fiber and half that much white fiber, so how many bolts of "
    "fiber in total does it take to make one for a tall man?"
)
OTHER_NUMBERS = DUCKS.replace("16", "29")


def claimed(session: Session) -> ClaimedJob:
    """A search that a worker has taken."""
    job_id = find_now(session, create_user(session)).id
    session.commit()
    job = claim(job_id, 60, "test/1")
    assert job is not None
    return job


def run_find(session: Session) -> ClaimedJob:
    """A search from its beginning to its end."""
    job = claimed(session)
    find(job)
    session.expire_all()
    session.get_one(Job, job.id).state = "done"
    session.commit()
    return job


def groups(session: Session) -> dict[tuple[str, int], list[int]]:
    """The members of each group, by its kind and leader."""
    rows = session.execute(
        select(DuplicateGroup.kind, DuplicateGroup.leader_id, DuplicateMember.seed_id)
        .join(DuplicateMember, DuplicateMember.group_id == DuplicateGroup.id)
        .order_by(DuplicateMember.seed_id)
    )
    found: dict[tuple[str, int], list[int]] = {}
    for kind, leader_id, seed_id in rows:
        found.setdefault((kind, leader_id), []).append(seed_id)
    return found


def standings(session: Session) -> dict[int, str]:
    """What the search made of each seed."""
    rows = session.execute(select(DuplicateSketch.seed_id, DuplicateSketch.standing))
    return {row.seed_id: row.standing for row in rows}


def due(session: Session) -> int:
    """How many seeds are still to be looked at."""
    return session.scalars(select(func.count()).select_from(DuplicateDue)).one()

"""Work off bulk actions."""

from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.review import bulk


def decide(job: ClaimedJob) -> None:
    """Decide chunk by chunk; a job that starts again goes on where it was stopped."""
    goes_on = True
    while goes_on:
        with session_scope() as session:
            goes_on = bulk.work_on(session, job)

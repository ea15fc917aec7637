"""A check of many seeds is shared out among jobs, which as many workers do at the same time.

The check's own job plans: few seeds it checks itself; of many it makes shares, gives itself back,
and is woken by the last of them to look at what came in meanwhile. It counts what all have done.
"""

from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.config import settings
from backend.decontamination.checking import Share, count_due
from backend.decontamination.index import current_version
from backend.decontamination.service import CHECK
from backend.decontamination.waiting import count_waiting
from backend.jobs.service import OPEN, ClaimedJob, enqueue
from backend.jobs.tables import Job
from backend.queue import wake_after_commit

CHECK_SHARE: Final = "decontamination.share"
SHARE_SEEDS: Final = 5_000
MOST_SHARES: Final = 16
_PLANNING: Final = 7_217_733_004


class ShareFailed(Exception):
    """A share of the check could not be done: the check is not whole."""


def begin(session: Session, job: ClaimedJob) -> bool:
    """Plan a check, as far as it is still to do.

    Returns:
        Whether the job is to check all that is due itself; else others do, and it is woken later.

    Raises:
        ShareFailed: one of its shares has failed.
    """
    _plan_alone(session)
    job.fence(session)
    if _open_shares(session):
        job.postpone(session, settings().job_lease_seconds)
        return False
    _refuse_failed(session, job.id)
    index_id = current_version(session).id
    due = count_due(session, index_id) + count_waiting(session, index_id)
    done = _done_by_shares(session, job.id)
    job.progress(session, done, done + due)
    shares = min(MOST_SHARES, -(-due // SHARE_SEEDS))
    if shares < 2:
        return True
    for number in range(shares):
        payload = {"check": job.id, "number": number, "of": shares}
        enqueue(session, CHECK_SHARE, payload)
    job.postpone(session, settings().job_lease_seconds)
    return False


def share_of(job: ClaimedJob) -> Share:
    """Which seeds are a job's to check."""
    return Share(job.payload["number"], job.payload["of"])


def leave(session: Session, job: ClaimedJob) -> None:
    """End a share's job; the last to leave wakes the checks that wait."""
    _plan_alone(session)
    job.fence(session)
    job.done(session)
    if _open_shares(session):
        return
    waiting = select(Job.id, Job.queue).where(
        Job.kind == CHECK,
        Job.state.in_(OPEN),
        or_(Job.lease_until.is_(None), Job.lease_until < func.now()),
    )
    for job_id, queue in session.execute(waiting).all():
        wake_after_commit(session, job_id, queue)


def _plan_alone(session: Session) -> None:
    # Who plans must not overlook a share that ends now, nor make shares that another has made.
    session.execute(select(func.pg_advisory_xact_lock(_PLANNING)))


def _open_shares(session: Session) -> bool:
    shares = select(Job.id).where(Job.kind == CHECK_SHARE, Job.state.in_(OPEN))
    return bool(session.scalar(select(shares.exists())))


def _refuse_failed(session: Session, check_id: int) -> None:
    failed = session.scalar(
        select(Job).where(
            Job.kind == CHECK_SHARE,
            Job.payload["check"].as_integer() == check_id,
            Job.state == "failed",
        ).limit(1)
    )  # fmt: skip
    if failed is not None:
        raise ShareFailed(f"job {failed.id} has failed: {failed.error}")


def _done_by_shares(session: Session, check_id: int) -> int:
    """What shares have done so far; what the job did before it was stopped is not counted again."""
    had_shares = select(Job.id).where(
        Job.kind == CHECK_SHARE, Job.payload["check"].as_integer() == check_id
    )
    done = select(Job.done_count).where(Job.id == check_id, had_shares.exists())
    return session.scalar(done) or 0

"""What goes on at this moment: leases, hits that wait, and work that failed. Quick at any size."""

from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.jobs.tables import Job
from backend.overview.queue_schemas import FailedJob, LeaseCount
from backend.review.tables import Lease
from backend.review_queues.tables import OverlapLease
from backend.seeds.tables import Seed

FAILED_DAYS: Final = 7
FAILED_SHOWN: Final = 5


class Hits(NamedTuple):
    """Hits that wait for a curator, and how many seeds have any."""

    hits: int
    seeds: int


def leases(session: Session) -> list[LeaseCount]:
    """Seeds on curators' screens, most first; one that several decide is on several."""
    held = union_all(
        *(
            select(lease.user_id).where(lease.expires_at >= func.now())
            for lease in (Lease, OverlapLease)
        )
    ).subquery()
    count = func.count()
    wanted = (
        select(User.name, count)
        .join(held, held.c.user_id == User.id)
        .group_by(User.name)
        .order_by(count.desc(), User.name)
    )
    return [LeaseCount(user=name, seeds=seeds) for name, seeds in session.execute(wanted)]


def waiting_hits(session: Session) -> Hits:
    """Hits on living seeds that nobody has confirmed or dismissed."""
    wanted = select(func.coalesce(func.sum(Seed.open_hits), 0), func.count()).where(
        Seed.open_hits > 0, Seed.withdrawn_at.is_(None)
    )
    hits, seeds = session.execute(wanted).one()
    return Hits(int(hits), seeds)


def failed_jobs(session: Session) -> tuple[int, list[FailedJob]]:
    """How many jobs failed in the last days, and the newest of them."""
    recent = (Job.state == "failed", Job.finished_at > func.now() - timedelta(days=FAILED_DAYS))
    count = session.scalars(select(func.count()).select_from(Job).where(*recent)).one()
    newest = select(Job).where(*recent).order_by(Job.finished_at.desc()).limit(FAILED_SHOWN)
    return count, [
        FailedJob(id=job.id, kind=job.kind, error=job.error, finished_at=job.finished_at)
        for job in session.scalars(newest)
    ]

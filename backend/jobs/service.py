"""Enqueue, claim, renew, fence and finish jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.database import Json, existing, session_scope
from backend.jobs.tables import Job, WorkerHeartbeat
from backend.queue import BESIDE, QUEUE, wake_after_commit

OPEN = ("queued", "running")
# Workers beat each second; a loaded machine may be late.
QUIET_WORKER_SECONDS = 15.0


class LeaseLost(Exception):
    """Another worker has taken the job over, or it was cancelled: stop writing."""


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this process holds; every transaction that writes for it calls `fence` first."""

    id: int
    kind: str
    attempt: int
    payload: Json
    run_id: int | None

    def fence(self, session: Session) -> None:
        """Hold the job's row for this transaction.

        Raises:
            LeaseLost: a later attempt has the job, or it is no longer running.
        """
        mine = session.execute(
            select(Job.id)
            .where(Job.id == self.id, Job.attempt == self.attempt, Job.state == "running")
            .with_for_update(key_share=True)
        ).first()
        if mine is None:
            raise LeaseLost(f"job {self.id}, attempt {self.attempt}")

    def progress(self, session: Session, done: int, total: int | None = None) -> None:
        """Record how far the job is, in the caller's own transaction."""
        values: dict[str, Any] = {"done_count": done}
        if total is not None:
            values["total_count"] = total
        session.execute(update(Job).where(Job.id == self.id).values(**values))

    def postpone(self, session: Session, seconds: float) -> None:
        """Give the job back, to be woken after this time; in the caller's own transaction.

        Sweepers wake what was woken a lease ago, so its last wake-up is dated accordingly.
        """
        woken = timedelta(seconds=seconds - settings().job_lease_seconds)
        session.execute(
            update(Job)
            .where(Job.id == self.id)
            .values(state="queued", lease_until=None, holder=None, dispatched_at=func.now() + woken)
        )

    def done(self, session: Session) -> None:
        """Mark the job done in the caller's own transaction, after `fence`."""
        session.execute(
            update(Job)
            .where(Job.id == self.id)
            .values(state="done", lease_until=None, finished_at=func.now())
        )


def enqueue(
    session: Session,
    kind: str,
    payload: Json,
    *,
    queue: str = QUEUE,
    run_id: int | None = None,
    created_by: int | None = None,
    total: int | None = None,
) -> Job:
    """Add a job; a worker of the queue is woken after the commit."""
    job = Job(
        kind=kind, payload=payload, queue=queue, run_id=run_id, created_by=created_by,
        total_count=total, dispatched_at=None if queue.startswith(BESIDE) else func.now(),
    )  # fmt: skip
    session.add(job)
    session.flush()
    wake_after_commit(session, job.id, queue)
    return job


def enqueue_once(session: Session, kind: str, user: User | None) -> Job:
    """A job of a kind that finds its work itself: one that waits, or else a new one.

    A job that no worker has begun will see what this transaction brings, so it is enough: its row
    is held, so that it cannot begin before our commit. One that is running may be past it.
    """
    waiting = session.scalar(
        select(Job)
        .where(Job.kind == kind, Job.state == "queued")
        .order_by(Job.id)
        .limit(1)
        .with_for_update(read=True)
    )
    return waiting or enqueue(session, kind, {}, created_by=user.id if user else None)


def get(session: Session, job_id: int) -> Job:
    """The job, or NotFound."""
    return existing(session, Job, job_id, "job")


def hurry(session: Session, job_id: int) -> None:
    """Have a job taken at the next look for work, also one that was postponed."""
    waiting = update(Job).where(Job.id == job_id, Job.state == "queued")
    session.execute(waiting.values(dispatched_at=None))


def cancel(session: Session, job_id: int) -> None:
    """Stop a job that is open, as soon as it has ended its present transaction."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_(OPEN))
        .values(state="cancelled", lease_until=None, finished_at=func.now())
    )


def claim(job_id: int, lease_seconds: float, holder: str) -> ClaimedJob | None:
    """Take a job whose lease is free; None where it is done, cancelled or held by another."""
    with session_scope() as session:
        row = session.execute(
            update(Job)
            .where(
                Job.id == job_id,
                Job.state.in_(OPEN),
                or_(Job.lease_until.is_(None), Job.lease_until < func.now()),
            )
            .values(
                state="running",
                attempt=Job.attempt + 1,
                lease_until=func.now() + timedelta(seconds=lease_seconds),
                holder=holder,
            )
            .returning(Job.id, Job.kind, Job.attempt, Job.payload, Job.run_id)
        ).first()
    return None if row is None else ClaimedJob(*row)


def advance(session: Session, job_id: int, done: int) -> None:
    """Count what has been done for a job, which others may do too, in the caller's transaction."""
    so_far = Job.done_count + done
    session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(done_count=so_far, total_count=func.greatest(Job.total_count, so_far))
    )


def renew(job: ClaimedJob, lease_seconds: float) -> bool:
    """Keep the lease; False where it has been lost."""
    with session_scope() as session:
        renewed = session.execute(
            update(Job)
            .where(Job.id == job.id, Job.attempt == job.attempt, Job.state == "running")
            .values(lease_until=func.now() + timedelta(seconds=lease_seconds))
            .returning(Job.id)
        ).first()
    return renewed is not None


def finish(job: ClaimedJob, error: str | None = None) -> None:
    """Mark the job done or failed, unless another attempt has it."""
    with session_scope() as session:
        session.execute(
            update(Job)
            .where(Job.id == job.id, Job.attempt == job.attempt, Job.state == "running")
            .values(
                state="done" if error is None else "failed",
                error=error,
                lease_until=None,
                finished_at=func.now(),
            )
        )


class WakeUp(NamedTuple):
    """A job, and the queue of the workers to wake."""

    job_id: int
    queue: str


def due_for_dispatch(
    stale_seconds: float, limit: int = 200, beside: Sequence[str] = ()
) -> Sequence[WakeUp]:
    """Jobs whose wake-up went quiet: open, without a living lease, last woken `stale_seconds` ago.

    Rows are marked as woken now, and skipped by sweepers of other workers. Of the steps that are
    taken beside the slots only those of the queues that `beside` names.
    """
    stale = func.now() - timedelta(seconds=stale_seconds)
    waiting = (
        select(Job.id)
        .where(
            Job.state.in_(OPEN),
            or_(~Job.queue.startswith(BESIDE), Job.queue.in_(beside)),
            or_(Job.dispatched_at.is_(None), Job.dispatched_at < stale),
            or_(Job.lease_until.is_(None), Job.lease_until < func.now()),
        )
        .order_by(Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with session_scope() as session:
        due = session.execute(
            update(Job)
            .where(Job.id.in_(waiting))
            .values(dispatched_at=func.now())
            .returning(Job.id, Job.queue)
        )
        return [WakeUp(*row) for row in due]


def holders(host: str) -> Sequence[str]:
    """Who on this host holds running jobs, as "host/process"."""
    with session_scope() as session:
        return session.scalars(
            select(Job.holder)
            .where(Job.state == "running", Job.holder.startswith(f"{host}/", autoescape=True))
            .distinct()
        ).all()  # type: ignore[return-value] # the filter leaves no null


def wake_idle(session: Session, run_id: int) -> None:
    """Wake the run's open jobs that no one holds, postponed ones too; after the commit."""
    idle = select(Job.id, Job.queue).where(
        Job.run_id == run_id,
        Job.state.in_(OPEN),
        or_(Job.lease_until.is_(None), Job.lease_until < func.now()),
    )
    for job_id, queue in session.execute(idle).all():
        wake_after_commit(session, job_id, queue)


def release_jobs_of(holder: str) -> None:
    """Free the jobs of a process that is known to be dead: they need not wait for the lease."""
    with session_scope() as session:
        session.execute(
            update(Job)
            .where(Job.state == "running", Job.holder == holder)
            .values(lease_until=None, dispatched_at=None, holder=None)
        )


def beat(name: str, queues: Sequence[str] = (QUEUE,)) -> None:
    """Record that a worker lives, and from which queues it takes jobs."""
    statement = insert(WorkerHeartbeat).values(name=name, queues=list(queues))
    with session_scope() as session:
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[WorkerHeartbeat.name],
                set_={"seen_at": func.now(), "queues": statement.excluded.queues},
            )
        )


def deserted_queues(session: Session, run_ids: Sequence[int]) -> dict[int, str]:
    """Runs with an open job that no one holds, on a queue from which no living worker takes."""
    alive = select(WorkerHeartbeat.name).where(
        WorkerHeartbeat.seen_at > func.now() - timedelta(seconds=QUIET_WORKER_SECONDS),
        WorkerHeartbeat.queues.contains(func.jsonb_build_array(Job.queue)),
    )
    waiting = select(Job.run_id, Job.queue).where(
        Job.run_id.in_(run_ids),
        Job.state.in_(OPEN),
        or_(Job.lease_until.is_(None), Job.lease_until < func.now()),
        ~alive.exists(),
    )
    return {run_id: queue for run_id, queue in session.execute(waiting) if run_id is not None}


def seconds_since_heartbeat(
    session: Session, host: str | None = None, queue: str | None = None
) -> float | None:
    """How long ago the liveliest worker (of a host, of a queue) was seen; None: there never was."""
    age = select(func.extract("epoch", func.now() - func.max(WorkerHeartbeat.seen_at)))
    if queue is not None:
        age = age.where(WorkerHeartbeat.queues.contains([queue]))
    if host is not None:
        age = age.where(WorkerHeartbeat.name.startswith(f"{host}/", autoescape=True))
    value = session.scalar(age)
    return None if value is None else float(value)

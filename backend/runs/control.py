"""Pause, resume, cancel, and how a run ends. Whoever decides holds the run's row."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.errors import Conflict, NotFound
from backend.jobs import service as jobs
from backend.jobs.service import OPEN, ClaimedJob
from backend.jobs.tables import Job
from backend.runs.batches import open_batches
from backend.runs.creation import (
    BATCH,
    CLASSIFY,
    PROPOSE,
    SCORE,
    TRACE,
    enqueue_shard,
    enqueue_shards,
)
from backend.runs.days import DaySpent, wait_for_next_day
from backend.runs.schemas import Budgets
from backend.runs.tables import GOING_ON, Run, RunItem
from backend.scoring.line_up import line_up_of

Outcome = Literal["go on", "left"]


class Spending(NamedTuple):
    """A budget by name: what is used, and what may be."""

    name: str
    used: Decimal | int
    limit: Decimal | int | None


def locked(session: Session, run_id: int) -> Run:
    """The run, held for this transaction.

    Raises:
        NotFound: there is none of this number.
    """
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound(f"there is no run {run_id}")
    return run


def pause(session: Session, run_id: int) -> Run:
    """Start no further calls; what is on its way is still stored.

    A run that waits for an endpoint's next day no longer goes on by itself.
    """
    run = locked(session, run_id)
    if run.state != "running" and run.resume_at is None:
        raise Conflict(f"the run is {run.state}, not running")
    run.state, run.resume_at = "paused", None
    session.flush()
    return run


def halt(session: Session, run_id: int, note: str) -> None:
    """Pause a running run that cannot go on by itself, and say why."""
    run = locked(session, run_id)
    if run.state == "running":
        run.state, run.note = "paused", note
        session.flush()


def cancel(session: Session, run_id: int) -> Run:
    """End a run for good; what is on its way is still stored."""
    run = locked(session, run_id)
    if run.state in ("cancelled", "finished"):
        raise Conflict(f"the run is {run.state} already")
    run.state, run.resume_at = "cancelled", None
    run.finished_at = func.now()
    session.flush()
    session.refresh(run)
    jobs.wake_idle(session, run_id)  # its open batches are to be cancelled at their providers
    return run


def resume(session: Session, run_id: int, budgets: Budgets) -> Run:
    """Go on with what is pending, and give seeds that failed another try.

    Raises:
        Conflict: the run is running or cancelled, or finished without failures, or its budget is
            spent and was not raised, or an endpoint that it asks is out of use.
    """
    run = locked(session, run_id)
    if run.state in ("running", "cancelled"):
        raise Conflict(f"the run is {run.state}")
    if run.state == "finished" and not run.seeds_failed:
        raise Conflict("the run is finished: every seed is done")
    _asks_what_is_in_use(session, run)
    for name, value in budgets.model_dump(exclude_none=True).items():
        setattr(run, name, value)
    for spending in spendings(run):
        if spending.limit is not None and spending.used >= spending.limit:
            raise Conflict(
                f"{spending.used} of {spending.limit} are spent: raise {spending.name}",
                field=spending.name,
            )
    _retry_failed(session, run)
    _go_on(session, run)
    return run


def _asks_what_is_in_use(session: Session, run: Run) -> None:
    asked = [entry.endpoint_id for entry in line_up_of(run.settings)]
    archived = select(Endpoint.name).where(
        Endpoint.id.in_(asked), Endpoint.archived_at.is_not(None)
    )
    if (name := session.scalar(archived.order_by(Endpoint.id))) is not None:
        raise Conflict(f"the endpoint {name} is archived: bring it back first")


def resume_due(session: Session) -> None:
    """Go on with the runs whose endpoints have a new day by now; seeds that failed stay so."""
    due = session.scalars(
        select(Run)
        .where(Run.resume_at <= func.now(), Run.state.in_(GOING_ON))
        .order_by(Run.id)
        .with_for_update(skip_locked=True)
    ).all()
    for run in due:
        _go_on(session, run)


def _go_on(session: Session, run: Run) -> None:
    run.state, run.note, run.finished_at, run.resume_at = "running", None, None, None
    session.flush()
    of = int(run.settings["parallel_jobs"])
    jobs.wake_idle(session, run.id)
    working = open_shards(session, run.id)
    enqueue_shards(session, run, [shard for shard in range(of) if shard not in working], of)


def spendings(run: Run) -> list[Spending]:
    """The run's three budgets."""
    limits = {"calls": run.max_calls, "tokens": run.max_tokens, "cost": run.max_cost}
    return [Spending(f"max_{name}", getattr(run, name), limit) for name, limit in limits.items()]


def _retry_failed(session: Session, run: Run) -> None:
    if run.seeds_failed:
        session.execute(
            update(RunItem)
            .where(RunItem.run_id == run.id, RunItem.state == "failed")
            .values(state="pending", reason=None, finished_at=None)
            .execution_options(synchronize_session=False)
        )
        run.seeds_failed = 0


def open_shards(session: Session, run_id: int, besides: int | None = None) -> Sequence[int]:
    """The shards that have an open job, but for one job."""
    return session.scalars(
        select(Job.payload["shard"].as_integer()).where(
            Job.run_id == run_id,
            Job.kind.in_((SCORE, BATCH, TRACE, PROPOSE, CLASSIFY)),
            Job.state.in_(OPEN),
            Job.id != (besides or 0),
        )
    ).all()


def has_pending(session: Session, run_id: int, shard: int = 0, of: int = 1) -> bool:
    """Whether seeds of the run, or of one shard of it, are neither scored nor failed."""
    pending = select(RunItem.run_id).where(RunItem.run_id == run_id, RunItem.state == "pending")
    if of > 1:
        pending = pending.where(RunItem.revision_id % of == shard)
    return bool(session.scalar(select(pending.exists())))


def leave(
    session: Session, job: ClaimedJob, *, starved: bool, days_spent: Sequence[DaySpent] = ()
) -> Outcome:
    """End a shard's job unless there is more for it to do; the last to leave ends the run.

    A run that is resumed while its shard drains either finds the job still open, and the job goes
    on, or finds it done, and makes another: both look while holding the run's row.

    Args:
        session: one transaction.
        job: the shard's job.
        starved: whether the next call would be over the budget.
        days_spent: the endpoints whose calls wait for another day.
    """
    assert job.run_id is not None
    shard, of = job.payload["shard"], job.payload["of"]
    run = locked(session, job.run_id)
    job.fence(session)
    if run.state == "running":
        pending = has_pending(session, run.id, shard, of)
        if pending and not starved:
            if not days_spent:
                return "go on"
            wait_for_next_day(session, run, days_spent)
        if not has_pending(session, run.id):
            run.state, run.finished_at, run.resume_at = "finished", func.now(), None
        elif run.state == "running" and not open_shards(session, run.id, besides=job.id):
            # Another shard may be the one that waits.
            waits = run.resume_at is not None
            run.state, run.note = ("paused", run.note) if waits else ("stopped", "budget")
    job.done(session)
    return "left"


def leave_batches(
    session: Session,
    job: ClaimedJob,
    *,
    looked_at: str,
    again: float | None,
    days_spent: Sequence[DaySpent],
) -> None:
    """End a step of a shard's batches: come again later, or hand over to the job that scores.

    Args:
        session: one transaction.
        job: the job of the shard's batches.
        looked_at: the state of the run by which the step went.
        again: seconds until the next step; None where nothing is left to ask or to wait for.
        days_spent: which endpoints' calls have to wait for another day.
    """
    assert job.run_id is not None
    shard, of = job.payload["shard"], job.payload["of"]
    run = locked(session, job.run_id)
    job.fence(session)
    if days_spent and run.state == "running":
        wait_for_next_day(session, run, days_spent)
    if run.state == "running" and looked_at != "running":
        job.postpone(session, 0)  # it was resumed meanwhile
    elif again is not None and (run.state == "running" or open_batches(session, run.id, shard)):
        job.postpone(session, again)
    else:
        job.done(session)
        if run.state == "running":
            enqueue_shard(session, run, SCORE, shard, of)

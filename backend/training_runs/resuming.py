"""Going on with a training run that failed or was cancelled: a further attempt of the same run."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.exports.service import get_export
from backend.jobs import service as jobs
from backend.queue import BESIDE, beside
from backend.training_runs import metrics
from backend.training_runs.attempts import host_to_ask, refusal, seen_over
from backend.training_runs.schemas import TrainingRunOut
from backend.training_runs.service import FOLLOW, check_export, get_run, locked
from backend.training_runs.tables import OF_ATTEMPT, TrainingAttempt, TrainingRun


def resume_run(
    session: Session, user: User, run_id: int, *, host_is_gone: bool = False
) -> TrainingRunOut:
    """Ask for a further attempt, in the same folder; a worker starts it as it did the first.

    Args:
        session: the caller's.
        user: who asks.
        run_id: the run's number.
        host_is_gone: whether a host of which nothing is heard counts as down for good.

    Raises:
        NotFound: there is no such run.
        Conflict: it goes on or is finished, its processes may live on, or its export has failed or
            is blocked.
    """
    run = locked(session, run_id)
    refused = refusal(session, run)
    if host_is_gone and refused is not None and refused.problem_code == "host_silent":
        seen_over(session, run)
        refused = refusal(session, run)
    if refused is not None:
        raise refused
    check_export(session, get_export(session, run.export_id), run.kind)
    host = host_to_ask(session, run)
    _keep(session, run)
    if run.job_id is not None:
        jobs.cancel(session, run.job_id)  # whoever still has it writes nothing any more
    run.attempt += 1
    run.state, run.checks, run.note = "pending", None, None
    run.resumed_at, run.resumed_by = func.now(), user.id
    run.job_id = jobs.enqueue(
        session, FOLLOW, {"training_run_id": run.id},
        queue=BESIDE if host is None else beside(host), created_by=user.id,
        total=run.recipe["fields"]["steps"],
    ).id  # fmt: skip
    session.flush()
    session.refresh(run)
    return get_run(session, run_id)


def _keep(session: Session, run: TrainingRun) -> None:
    """The last attempt in a row of its own; the run says nothing of it any more."""
    logged = metrics.latest(session, [run.id]).get(run.id, {})
    step = max((at for at, _ in logged.values()), default=0)
    ended = TrainingAttempt(run_id=run.id, number=run.attempt, state=run.state, step=step)
    for name in OF_ATTEMPT:
        setattr(ended, name, getattr(run, name))
        setattr(run, name, None)
    session.add(ended)
    session.flush()

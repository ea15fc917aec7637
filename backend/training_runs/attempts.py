"""Attempts of a training run: how each ended, and whether another can go on from it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.config import settings
from backend.errors import Conflict
from backend.jobs.service import QUIET_WORKER_SECONDS, seconds_since_heartbeat
from backend.training_runs.attempt_schemas import Attempt, Failure
from backend.training_runs.folders import folder_of
from backend.training_runs.tables import TrainingAttempt, TrainingRun

ENDED_ILL: Final = ("failed", "cancelled")
# In a handle: its processes were ended by a later attempt.
SEEN_OVER: Final = "seen_over"


def refusal(session: Session, run: TrainingRun) -> Conflict | None:
    """Why a run cannot be gone on with; None where it can."""
    if run.state not in ENDED_ILL:
        message = f"training run {run.id} is {run.state}: only one that failed or was cancelled "
        code = "finished" if run.state == "finished" else "goes_on"
        return Conflict(message + "can be gone on with", code=code)
    if run.target["where"] == "kubernetes":
        message = "pods of Kubernetes are not seen from here, and may live on: apply the manifest "
        return Conflict(message + "again, or start another run", code="unseen")
    host = host_to_ask(session, run)
    if host is not None and is_silent(session, host):
        message = (
            f"processes of training run {run.id} may live on on {host}, and no worker there has "
            "been heard of lately: start one, or say that this host is gone for good"
        )
        return Conflict(message, code="host_silent")
    return None


def left_behind(session: Session, run: TrainingRun) -> TrainingRun | TrainingAttempt | None:
    """The last attempt that was begun, where it is over and nobody has seen its end.

    It was given up as its host was silent, or whoever started it did not hear that it began.
    """
    last: TrainingRun | TrainingAttempt | None = run
    if run.handle is None:
        before = select(TrainingAttempt).where(TrainingAttempt.run_id == run.id)
        found = session.scalars(before.order_by(TrainingAttempt.number.desc()))
        last = next((one for one in found if one.handle is not None), None)
    if last is None or last.handle is None or last.handle.get(SEEN_OVER):
        return None
    given_up = last.state == "cancelled" and last.error is not None
    unheard = last.state == "failed" and not last.handle.get("begun")
    return last if given_up or unheard else None


def host_to_ask(session: Session, run: TrainingRun) -> str | None:
    """Where what was left behind may live on: only a worker of that host can end it."""
    left = left_behind(session, run)
    return None if left is None else (left.handle or {}).get("host")


def seen_over(session: Session, run: TrainingRun) -> None:
    """Note that nothing of what was left behind lives on."""
    left = left_behind(session, run)
    if left is not None:
        left.handle = {**(left.handle or {}), SEEN_OVER: True}


def is_silent(session: Session, host: str) -> bool:
    """Whether no worker of a host has been heard of lately."""
    seconds = seconds_since_heartbeat(session, host=host)
    return seconds is None or seconds > QUIET_WORKER_SECONDS


def attempts_of(session: Session, runs: Sequence[TrainingRun]) -> dict[int, list[Attempt]]:
    """By run: the attempts before the last, the first one first."""
    by_number = {run.id: run for run in runs}
    resumer, canceller = aliased(User), aliased(User)
    wanted = (
        select(TrainingAttempt, resumer.name, canceller.name)
        .outerjoin(resumer, resumer.id == TrainingAttempt.resumed_by)
        .outerjoin(canceller, canceller.id == TrainingAttempt.cancelled_by)
        .where(TrainingAttempt.run_id.in_(by_number))
        .order_by(TrainingAttempt.run_id, TrainingAttempt.number)
    )
    found: dict[int, list[Attempt]] = {number: [] for number in by_number}
    for row, resumed_by, cancelled_by in session.execute(wanted):
        log = (row.handle or {}).get("log")
        said: dict[str, Any] = {
            name: getattr(row, name) for name in Attempt.model_fields if hasattr(row, name)
        }
        said |= {
            "failure": failure_of(row),
            "resumed_by": resumed_by,
            "cancelled_by": cancelled_by,
            "log": None if log is None else str(folder_of(by_number[row.run_id]) / log),
        }
        found[row.run_id].append(Attempt.model_validate(said))
    return found


def failure_of(ended: TrainingRun | TrainingAttempt) -> Failure | None:
    """Why a run, or an attempt of one, failed."""
    if ended.error is None:
        return None
    said = ended.failure or {}
    seed_id = said.get("seed_id")
    return Failure(
        cause=ended.cause or "other",
        message=ended.error,
        seed_id=seed_id,
        row=said.get("row"),
        seed_url=None if seed_id is None else f"{settings().dashboard_url}/seeds?seed={seed_id}",
        exit_code=said.get("exit_code"),
        last_lines=said.get("last_lines", []),
    )

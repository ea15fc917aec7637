"""Training runs and checkpoints as callers see them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import Json, existing
from backend.exports.tables import Export
from backend.paging import Page, PageQuery, matches, rows_by_number
from backend.training_runs import attempts, metrics
from backend.training_runs.attempt_schemas import Attempt
from backend.training_runs.folders import folder_of, home, last_saved_step
from backend.training_runs.schemas import CheckpointOut, TrainingRunOut
from backend.training_runs.tables import Checkpoint, TrainingRun


def shown(session: Session, runs: Sequence[TrainingRun]) -> list[TrainingRunOut]:
    """Runs with the names of what they refer to, and the last that they logged."""
    numbers = [run.id for run in runs]
    canceller, resumer = aliased(User), aliased(User)
    names = {
        row[0]: row[1:]
        for row in session.execute(
            select(TrainingRun.id, Export.name, User.name, canceller.name, resumer.name)
            .join(Export, Export.id == TrainingRun.export_id)
            .join(User, User.id == TrainingRun.created_by)
            .outerjoin(canceller, canceller.id == TrainingRun.cancelled_by)
            .outerjoin(resumer, resumer.id == TrainingRun.resumed_by)
            .where(TrainingRun.id.in_(numbers))
        )
    }
    final = select(Checkpoint.run_id, Checkpoint.id).where(
        Checkpoint.run_id.in_(numbers), Checkpoint.is_final
    )
    checkpoints = {row.run_id: row.id for row in session.execute(final)}
    logged = metrics.latest(session, numbers)
    before = attempts.attempts_of(session, runs)
    return [
        _run(session, run, names[run.id], logged.get(run.id, {}), before[run.id],
             checkpoints.get(run.id))
        for run in runs
    ]  # fmt: skip


def _run(
    session: Session,
    run: TrainingRun,
    names: Sequence[str],
    logged: dict[str, tuple[int, Json]],
    before: list[Attempt],
    checkpoint_id: int | None,
) -> TrainingRunOut:
    silent = is_silent(session, run)
    said: dict[str, Any] = {
        name: getattr(run, name)
        for name in TrainingRunOut.model_fields
        if hasattr(TrainingRun, name)
    }
    said |= {
        "export_name": names[0],
        "created_by": names[1],
        "cancelled_by": names[2],
        "note": _silence(run) if silent else run.note,
        "followed": not silent and run.target["where"] != "kubernetes",
        "failure": attempts.failure_of(run),
        "resumed_by": names[3],
        "attempts": before,
        "resume_step": None if attempts.refusal(session, run) else last_saved_step(run),
        "step": max((step for step, _ in logged.values()), default=0),
        "steps": run.recipe["fields"]["steps"],
        "latest": {kind: values for kind, (_, values) in logged.items()},
        "checkpoint_id": checkpoint_id,
        "path": str(folder_of(run)),
        "devices": (run.handle or {}).get("devices"),
    }
    return TrainingRunOut.model_validate(said)


def is_silent(session: Session, run: TrainingRun) -> bool:
    """Whether a run's processes are on a host that no worker has been heard of from lately."""
    host = (run.handle or {}).get("host")
    if host is None or run.state not in ("starting", "running"):
        return False
    return attempts.is_silent(session, host)


def _silence(run: TrainingRun) -> str:
    host = (run.handle or {}).get("host")
    return f"no worker on {host} has been heard of lately: the run goes on, and nobody follows it"


def get_checkpoint(session: Session, checkpoint_id: int) -> CheckpointOut:
    """One checkpoint, or NotFound."""
    return _checkpoint(session, existing(session, Checkpoint, checkpoint_id, "checkpoint"))


def list_checkpoints(
    session: Session,
    page: PageQuery,
    run_id: int | None,
    export_id: int | None,
    final: bool,
    typed: str | None,
) -> Page[CheckpointOut]:
    """Newest first; of a run or an export, only the models at the end where `final`.

    Where something was typed, only those that match it; their names begin with those of runs.
    """
    wanted = select(Checkpoint)
    if run_id is not None:
        wanted = wanted.where(Checkpoint.run_id == run_id)
    if export_id is not None:
        wanted = wanted.where(Checkpoint.export_id == export_id)
    if final:
        wanted = wanted.where(Checkpoint.is_final)
    if typed:
        wanted = wanted.where(matches(typed, Checkpoint.id, Checkpoint.name))
    found, following = rows_by_number(session, wanted, Checkpoint.id, page, newest_first=True)
    return Page(items=[_checkpoint(session, one) for one in found], next=following)


def _checkpoint(session: Session, checkpoint: Checkpoint) -> CheckpointOut:
    run = existing(session, TrainingRun, checkpoint.run_id, "training run")
    export = existing(session, Export, checkpoint.export_id, "export")
    path = home() / checkpoint.path
    said: dict[str, Any] = {
        name: getattr(checkpoint, name)
        for name in CheckpointOut.model_fields
        if hasattr(Checkpoint, name)
    }
    said |= {
        "run_name": run.name,
        "kind": run.kind,
        "export_name": export.name,
        "parent_checkpoint_id": run.parent_checkpoint_id,
        "path": str(path),
        "is_there": path.is_dir(),
    }
    return CheckpointOut.model_validate(said)

"""Training runs: ask for one, read them, cancel one. A worker does the rest."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import Json, existing
from backend.errors import Conflict, Invalid
from backend.exports.schemas import ExportOut
from backend.exports.service import get_export
from backend.exports.standing import refuse_withdrawn
from backend.jobs import service as jobs
from backend.paging import Page, PageQuery, rows_by_number
from backend.queue import BESIDE
from backend.training_runs.folders import home, slug_of
from backend.training_runs.recipe_checks import recipe_of
from backend.training_runs.schemas import (
    State,
    TrainingPlan,
    TrainingRunCreate,
    TrainingRunOut,
)
from backend.training_runs.showing import is_silent, shown
from backend.training_runs.tables import Checkpoint, TrainingRun

FOLLOW: Final = "training.follow"
OVER: Final = ("finished", "failed", "cancelled")
LAYOUTS: Final = {"sft": "sft", "grpo": "rl"}
# A run whose host is gone is given up on by a second request, so long after the first.
GIVE_UP_SECONDS: Final = 60.0


def create_run(session: Session, user: User, wanted: TrainingRunCreate) -> TrainingRunOut:
    """Ask for a training run; a worker starts it as soon as its export is whole.

    Raises:
        NotFound: there is no such template, export or checkpoint.
        Invalid: a field of the recipe is wrong, or the export is of the other layout.
        Conflict: the export has failed or is blocked, or the checkpoint is gone.
    """
    recipe = planned(session, wanted)
    run = TrainingRun(
        name=wanted.name, kind=recipe["kind"], export_id=wanted.export_id, folder="",
        parent_checkpoint_id=wanted.checkpoint_id, target=wanted.target.model_dump(mode="json"),
        recipe={**wanted.recipe.model_dump(mode="json"), "fields": recipe}, created_by=user.id,
    )  # fmt: skip
    session.add(run)
    session.flush()
    run.folder = f"{run.id}-{slug_of(run.name)}"
    run.job_id = jobs.enqueue(
        session, FOLLOW, {"training_run_id": run.id}, queue=BESIDE, created_by=user.id,
        total=recipe["steps"],
    ).id  # fmt: skip
    session.flush()
    return get_run(session, run.id)


def planned(session: Session, wanted: TrainingPlan) -> Json:
    """All fields of the recipe that a plan comes to; raises as `create_run` does."""
    model = None if wanted.checkpoint_id is None else _weights(session, wanted.checkpoint_id)
    recipe = recipe_of(wanted.recipe, wanted.target, model)
    check_export(session, get_export(session, wanted.export_id), recipe["kind"])
    return recipe


def check_export(session: Session, export: ExportOut, kind: str) -> None:
    """Refuse what this kind of training cannot use; an export may still be being written.

    Raises:
        Invalid: it is of the other layout.
        Conflict: it has failed, or holds seeds that must not be used any more.
    """
    if export.layout in LAYOUTS.values() and export.layout != LAYOUTS[kind]:
        message = f"{export.name} is an export of layout {export.layout}: {kind} needs "
        raise Invalid(message + LAYOUTS[kind], field="export_id", code="other_layout")
    if export.state == "failed":
        raise Conflict(f"export {export.id} has failed: {export.error}", field="export_id")
    refuse_withdrawn(session, export)


def _weights(session: Session, checkpoint_id: int) -> str:
    path = home() / existing(session, Checkpoint, checkpoint_id, "checkpoint").path
    if not path.is_dir():
        message = f"checkpoint {checkpoint_id} is gone: its run kept newer ones"
        raise Conflict(message, field="checkpoint_id")
    return str(path)


def get_run(session: Session, run_id: int) -> TrainingRunOut:
    """One run, or NotFound."""
    return shown(session, [existing(session, TrainingRun, run_id, "training run")])[0]


def list_runs(
    session: Session, page: PageQuery, export_id: int | None, state: State | None
) -> Page[TrainingRunOut]:
    """Newest first; only those of an export, or in a state."""
    wanted = select(TrainingRun)
    if export_id is not None:
        wanted = wanted.where(TrainingRun.export_id == export_id)
    if state is not None:
        wanted = wanted.where(TrainingRun.state == state)
    found, following = rows_by_number(session, wanted, TrainingRun.id, page, newest_first=True)
    return Page(items=shown(session, found), next=following)


def locked(session: Session, run_id: int) -> TrainingRun:
    """The run's row, held and fresh: whoever changes its state looks at it here."""
    run = existing(session, TrainingRun, run_id, "training run")
    session.refresh(run, with_for_update=True)
    return run


def cancel_run(session: Session, user: User, run_id: int) -> TrainingRunOut:
    """Have a run ended: at once where nothing was started, else by the worker that follows it.

    A second request gives up on a run whose host has been silent since the first.

    Raises:
        NotFound: there is no such run.
        Conflict: it is over.
    """
    run = locked(session, run_id)
    if run.state in OVER:
        raise Conflict(f"training run {run_id} is {run.state}", code="over")
    if run.cancel_asked_at is None:
        run.cancel_asked_at, run.cancelled_by = datetime.now(UTC), user.id
    elif _is_lost(session, run):
        run.error = "given up: its host is silent, and its processes may live on there"
        end(session, run, "cancelled")
    if run.state == "pending":
        end(session, run, "cancelled")
    if run.job_id is not None:
        jobs.hurry(session, run.job_id)
    session.flush()
    return get_run(session, run_id)


def _is_lost(session: Session, run: TrainingRun) -> bool:
    assert run.cancel_asked_at is not None
    waited = datetime.now(UTC) - run.cancel_asked_at
    return waited.total_seconds() > GIVE_UP_SECONDS and is_silent(session, run)


def end(session: Session, run: TrainingRun, state: State) -> None:
    """Put a run, whose row is held, into a state in which nothing happens to it any more."""
    run.state, run.note, run.finished_at = state, None, func.now()
    session.flush()
    session.refresh(run)

"""Training runs, what they write, and the checkpoints that came of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep, existing
from backend.paging import Matching, Page, Paging
from backend.training_runs import metrics, preflight, reading, recipes, resuming, service, showing
from backend.training_runs.folders import SAMPLES, log_of, output_of
from backend.training_runs.schemas import (
    CheckpointOut,
    Checks,
    LogPart,
    Metrics,
    RecipeTemplate,
    Samples,
    State,
    TrainingPlan,
    TrainingRunCreate,
    TrainingRunOut,
)
from backend.training_runs.tables import TrainingRun

router = APIRouter(prefix="/v1", tags=["training"])

RunId = Annotated[int, Path(ge=1, lt=2**63)]
CheckpointId = Annotated[int, Path(ge=1, lt=2**63)]
Given = Annotated[int | None, Query(ge=1, lt=2**63)]
Offset = Annotated[int, Query(ge=0, lt=2**63)]
EndOrOffset = Annotated[int | None, Query(ge=0, lt=2**63)]


@router.get("/training-recipes")
def list_recipes(user: Viewer) -> list[RecipeTemplate]:
    """Recipes to begin with, and what their fields mean."""
    return recipes.templates()


@router.post("/training-runs:preflight")
def preflight_training(session: SessionDep, user: Curator, body: TrainingPlan) -> Checks:
    """What a worker says of a plan before it is started: faults, memory, time. Takes seconds."""
    job_id = preflight.ask(session, user, body)
    session.commit()  # shows it to the worker, and frees the connection for the time of waiting
    return preflight.await_checks(job_id)


@router.post("/training-runs", status_code=201)
def create_training_run(
    session: SessionDep, user: Curator, body: TrainingRunCreate
) -> TrainingRunOut:
    """Train on an export; one that is still being written is waited for."""
    return service.create_run(session, user, body)


@router.get("/training-runs")
def list_training_runs(
    session: SessionDep,
    user: Viewer,
    page: Paging,
    export_id: Given = None,
    state: State | None = None,
) -> Page[TrainingRunOut]:
    """All training runs, newest first."""
    return service.list_runs(session, page, export_id, state)


@router.get("/training-runs/{run_id}")
def read_training_run(session: SessionDep, user: Viewer, run_id: RunId) -> TrainingRunOut:
    """One training run: how far it is, what it waits for, or why it failed."""
    return service.get_run(session, run_id)


@router.post("/training-runs/{run_id}:cancel")
def cancel_training_run(session: SessionDep, user: Curator, run_id: RunId) -> TrainingRunOut:
    """End a run, with all its processes. Its files stay."""
    return service.cancel_run(session, user, run_id)


@router.post("/training-runs/{run_id}:resume")
def resume_training_run(
    session: SessionDep, user: Curator, run_id: RunId, host_is_gone: bool = False
) -> TrainingRunOut:
    """Go on with a run that failed or was cancelled, from its last checkpoint, else anew.

    `host_is_gone`: the host on which it may live on is down for good, so it may begin elsewhere.
    """
    return resuming.resume_run(session, user, run_id, host_is_gone=host_is_gone)


@router.get("/training-runs/{run_id}/metrics")
def read_metrics(
    session: SessionDep,
    user: Viewer,
    run_id: RunId,
    after: Offset = 0,
    points: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Metrics:
    """What it logged since a position, at most so many points of each kind."""
    return metrics.read(session, run_id, after, points)


@router.get("/training-runs/{run_id}/log")
def read_log(
    session: SessionDep,
    user: Viewer,
    run_id: RunId,
    after: EndOrOffset = None,
    limit: Annotated[int, Query(ge=4, le=reading.MOST_BYTES)] = 65_536,
) -> LogPart:
    """Its log from an offset in bytes on, without progress bars; without an offset, its end."""
    run = existing(session, TrainingRun, run_id, "training run")
    part = reading.log_part(log_of(run), after, limit, grows=run.state not in service.OVER)
    return LogPart.model_validate(
        {
            "text": reading.printed(part.content.decode("utf-8", "replace")),
            "start": part.start, "next": part.next, "size": part.size, "state": run.state,
        }
    )  # fmt: skip


@router.get("/training-runs/{run_id}/samples")
def read_samples(
    session: SessionDep,
    user: Viewer,
    run_id: RunId,
    after: EndOrOffset = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> Samples:
    """Completions that it wrote down; without an offset, the last."""
    run = existing(session, TrainingRun, run_id, "training run")
    items, following = reading.samples_of(output_of(run) / SAMPLES, after, limit)
    return Samples.model_validate({"items": items, "next": following, "state": run.state})


@router.get("/checkpoints")
def list_checkpoints(
    session: SessionDep,
    user: Viewer,
    page: Paging,
    run_id: Given = None,
    export_id: Given = None,
    final: bool = False,
    matching: Matching = None,
) -> Page[CheckpointOut]:
    """Checkpoints, newest first."""
    return showing.list_checkpoints(session, page, run_id, export_id, final, matching)


@router.get("/checkpoints/{checkpoint_id}")
def read_checkpoint(
    session: SessionDep, user: Viewer, checkpoint_id: CheckpointId
) -> CheckpointOut:
    """One checkpoint: its files, its metrics, and what made it."""
    return showing.get_checkpoint(session, checkpoint_id)

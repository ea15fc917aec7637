"""Runs; those for traces and proposals are started by `backend.traces` and `backend.proposals`."""

from typing import Literal

from fastapi import APIRouter

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.paging import Page, Paging
from backend.runs import control, creation, forecast, service, spend, verdicts
from backend.runs.schemas import (
    Budgets,
    RunCreate,
    RunEndpointSpend,
    RunForecast,
    RunItemOut,
    RunKind,
    RunOut,
)
from backend.scoring.calibration_schemas import CalibrationOut

router = APIRouter(prefix="/v1/runs", tags=["runs"])


@router.get("")
def list_runs(
    session: SessionDep, user: Viewer, paging: Paging, kind: RunKind | None = None
) -> Page[RunOut]:
    """Runs of one kind or all, the newest first."""
    return service.list_runs(session, paging, kind)


@router.post("", status_code=201)
def create_run(session: SessionDep, user: Curator, body: RunCreate) -> RunOut:
    """Start a run over the seeds that match the filter now."""
    return service.run_out(session, creation.create_run(session, body, user))


@router.post(":forecast")
def forecast_run(session: SessionDep, user: Viewer, body: RunCreate) -> RunForecast:
    """What such a run would need, without starting it."""
    return forecast.forecast(session, body)


@router.get("/{run_id}")
def read_run(session: SessionDep, user: Viewer, run_id: int) -> RunOut:
    """A run with its progress."""
    return service.run_out(session, service.get_run(session, run_id))


@router.get("/{run_id}/spend")
def read_spend(session: SessionDep, user: Viewer, run_id: int) -> list[RunEndpointSpend]:
    """What the run has used of each endpoint so far."""
    return spend.spend_of_run(session, run_id)


@router.get("/{run_id}/items")
def list_items(
    session: SessionDep,
    user: Viewer,
    run_id: int,
    paging: Paging,
    state: Literal["pending", "scored", "traced", "proposed", "failed"] | None = None,
) -> Page[RunItemOut]:
    """The run's seeds, of one state or all."""
    return service.page_of_items(session, run_id, state, paging)


@router.get("/{run_id}/calibration")
def read_calibration(session: SessionDep, user: Viewer, run_id: int) -> CalibrationOut:
    """How far the run's key can be trusted, and what that rests on."""
    return verdicts.calibration_report(session, run_id)


@router.post("/{run_id}:recalibrate", response_model=JobOut, status_code=202)
def recalibrate_run(session: SessionDep, user: Curator, run_id: int) -> Job:
    """Fit again on all gold seeds, and compute the run's verdicts again; no model is called."""
    return verdicts.enqueue_recalibration(session, run_id, user)


@router.post("/{run_id}:pause")
def pause_run(session: SessionDep, user: Curator, run_id: int) -> RunOut:
    """Start no further calls; answers on their way are still stored."""
    return service.run_out(session, control.pause(session, run_id))


@router.post("/{run_id}:resume")
def resume_run(
    session: SessionDep, user: Curator, run_id: int, body: Budgets | None = None
) -> RunOut:
    """Go on, with a raised budget if one is given; seeds that failed are tried again."""
    return service.run_out(session, control.resume(session, run_id, body or Budgets()))


@router.post("/{run_id}:cancel")
def cancel_run(session: SessionDep, user: Curator, run_id: int) -> RunOut:
    """End a run for good; answers on their way are still stored."""
    return service.run_out(session, control.cancel(session, run_id))

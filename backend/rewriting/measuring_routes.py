"""Measure rewrites: a run over those that wait, and what it would take."""

from fastapi import APIRouter

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.rewriting import measuring
from backend.rewriting.measuring_schemas import MeasureCreate
from backend.runs.schemas import RunForecast, RunOut
from backend.runs.service import run_out

router = APIRouter(prefix="/v1", tags=["rewrites"])


@router.post("/rewrites:measure", status_code=201)
def measure_rewrites(session: SessionDep, user: Curator, body: MeasureCreate) -> RunOut:
    """Start a scoring run over rewrites that wait; their seeds stay as they are."""
    return run_out(session, measuring.measure(session, user, body))


@router.post("/rewrites:forecast")
def forecast_measuring(session: SessionDep, user: Viewer, body: MeasureCreate) -> RunForecast:
    """What such a run would need, without starting it."""
    return measuring.forecast(session, body)

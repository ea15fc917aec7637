"""Traces of teachers. The runs that ask for them are started here; from then on they are runs."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page
from backend.runs import service as runs
from backend.runs.schemas import RunForecast, RunOut, TraceRunCreate
from backend.runs.trace_creation import create_trace_run
from backend.runs.trace_forecast import forecast_traces
from backend.traces import deciding, service
from backend.traces.schemas import (
    ChoiceQuery,
    ChosenTraces,
    TraceDetail,
    TraceListQuery,
    TraceOut,
    TraceSummary,
    WordCreate,
)
from backend.traces.summary import summarise

router = APIRouter(prefix="/v1", tags=["traces"])


@router.post("/trace-runs", status_code=201)
def start_run(session: SessionDep, user: Curator, body: TraceRunCreate) -> RunOut:
    """Ask a teacher for traces of the seeds that match now; it goes on as a run, at `/v1/runs`."""
    return runs.run_out(session, create_trace_run(session, body, user))


@router.post("/trace-runs:forecast")
def forecast_run(session: SessionDep, user: Viewer, body: TraceRunCreate) -> RunForecast:
    """What such a run would need, without starting it."""
    return forecast_traces(session, body)


@router.get("/runs/{run_id}/traces:summary")
def read_summary(session: SessionDep, user: Viewer, run_id: int) -> TraceSummary:
    """What a run's traces came to: kept ones, shares by reason, kept ones by seed, tokens."""
    return summarise(session, run_id)


@router.get("/traces")
def list_traces(
    session: SessionDep, user: Viewer, query: Annotated[TraceListQuery, Query()]
) -> Page[TraceOut]:
    """Traces, those of the newest responses first."""
    return service.list_traces(session, query)


@router.get("/traces:chosen")
def choose_traces(
    session: SessionDep, user: Viewer, query: Annotated[ChoiceQuery, Query()]
) -> Page[ChosenTraces]:
    """By seed, which of the kept traces of its current wording to train on."""
    return service.choose_traces(session, query)


@router.get("/traces/{sample_id}")
def read_trace(session: SessionDep, user: Viewer, sample_id: int) -> TraceDetail:
    """A trace, what it was held against, and why it is rejected."""
    return service.read_detail(session, sample_id)


@router.post("/traces/{sample_id}:decide")
def decide(session: SessionDep, user: Curator, sample_id: int, body: WordCreate) -> TraceDetail:
    """Keep or reject a trace for a reason; what a rule rejects cannot be kept.

    Undo the decision (`decision_id`) to take that back.
    """
    deciding.decide(session, user, sample_id, body)
    return service.read_detail(session, sample_id)

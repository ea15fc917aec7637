"""Domains that models suggest; from their start on such runs are runs, at `/v1/runs`."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.domains import applying, showing
from backend.domains.schemas import ApplyCreate, DomainSummary, SuggestionPage, SuggestionQuery
from backend.review.results import BulkResult
from backend.runs import service as runs
from backend.runs.domain_creation import create_domain_run
from backend.runs.domain_forecast import forecast_domains
from backend.runs.domain_schemas import DomainRunCreate
from backend.runs.schemas import RunForecast, RunOut

router = APIRouter(prefix="/v1", tags=["domains"])
RunId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/domain-runs", status_code=201)
def start_domain_run(session: SessionDep, user: Curator, body: DomainRunCreate) -> RunOut:
    """Ask a model which domain of a list each seed that matches now belongs to."""
    return runs.run_out(session, create_domain_run(session, body, user))


@router.post("/domain-runs:forecast")
def forecast_domain_run(session: SessionDep, user: Viewer, body: DomainRunCreate) -> RunForecast:
    """What such a run would need, without starting it."""
    return forecast_domains(session, body)


@router.get("/runs/{run_id}/domains:summary")
def read_summary(session: SessionDep, user: Viewer, run_id: RunId) -> DomainSummary:
    """What a run suggests by domain, held against given domains, and what was applied."""
    return showing.summarise(session, run_id)


@router.get("/runs/{run_id}/domains")
def list_suggestions(
    session: SessionDep, user: Viewer, run_id: RunId, query: Annotated[SuggestionQuery, Query()]
) -> SuggestionPage:
    """What a run suggests seed by seed."""
    return showing.list_suggestions(session, run_id, query)


@router.post("/runs/{run_id}/domains:apply")
def apply_suggestions(
    session: SessionDep, user: Curator, run_id: RunId, body: ApplyCreate
) -> BulkResult:
    """Give seeds the domains that a run suggests, as a bulk action: one undo takes it back."""
    return applying.apply(session, user, run_id, body)

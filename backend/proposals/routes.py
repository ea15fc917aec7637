"""Proposals of models. The runs that ask for them are started here; from then on they are runs."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page
from backend.proposals import showing
from backend.proposals.schemas import ProposalSummary, ReplyOut, ReplyQuery
from backend.runs import service as runs
from backend.runs.proposal_creation import create_augmentation_run, create_rewrite_run
from backend.runs.proposal_forecast import forecast_augmentation, forecast_rewrites
from backend.runs.proposal_schemas import AugmentationRunCreate, RewriteRunCreate
from backend.runs.schemas import RunForecast, RunOut

router = APIRouter(prefix="/v1", tags=["proposals"])


@router.post("/rewrite-runs", status_code=201)
def start_rewrite_run(session: SessionDep, user: Curator, body: RewriteRunCreate) -> RunOut:
    """Ask a model to rewrite the seeds that match now; it goes on as a run, at `/v1/runs`."""
    return runs.run_out(session, create_rewrite_run(session, body, user))


@router.post("/rewrite-runs:forecast")
def forecast_rewrite_run(session: SessionDep, user: Viewer, body: RewriteRunCreate) -> RunForecast:
    """What such a run would need, without starting it."""
    return forecast_rewrites(session, body)


@router.post("/augmentation-runs", status_code=201)
def start_augmentation_run(
    session: SessionDep, user: Curator, body: AugmentationRunCreate
) -> RunOut:
    """Have a model make new seeds from the accepted ones that match now; it goes on as a run."""
    return runs.run_out(session, create_augmentation_run(session, body, user))


@router.post("/augmentation-runs:forecast")
def forecast_augmentation_run(
    session: SessionDep, user: Viewer, body: AugmentationRunCreate
) -> RunForecast:
    """What such a run would need, without starting it."""
    return forecast_augmentation(session, body)


@router.get("/runs/{run_id}/proposals:summary")
def read_summary(session: SessionDep, user: Viewer, run_id: int) -> ProposalSummary:
    """What a run's replies came to, by reason, and where what was made of them stands."""
    return showing.summarise(session, run_id)


@router.get("/runs/{run_id}/proposals")
def list_replies(
    session: SessionDep, user: Viewer, run_id: int, query: Annotated[ReplyQuery, Query()]
) -> Page[ReplyOut]:
    """A run's replies with what was made of each."""
    return showing.list_replies(session, run_id, query)

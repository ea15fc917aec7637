"""Endpoints: registered models, and one call to see whether they answer."""

from fastapi import APIRouter

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.endpoints import service, trial
from backend.endpoints.schemas import (
    EndpointCreate,
    EndpointOut,
    EndpointTest,
    EndpointTestResult,
    EndpointUpdate,
    Role,
)
from backend.paging import Page, Paging

router = APIRouter(prefix="/v1/endpoints", tags=["endpoints"])


@router.get("")
def list_endpoints(
    session: SessionDep,
    user: Viewer,
    page: Paging,
    role: Role | None = None,
    archived: bool = False,
) -> Page[EndpointOut]:
    """Endpoints in use, or the archived ones."""
    return service.list_endpoints(session, page, role, archived)


@router.post("", status_code=201)
def create_endpoint(session: SessionDep, user: Curator, body: EndpointCreate) -> EndpointOut:
    """Register a model in a role."""
    return service.as_shown(session, [service.create_endpoint(session, body)])[0]


@router.get("/{endpoint_id}")
def read_endpoint(session: SessionDep, user: Viewer, endpoint_id: int) -> EndpointOut:
    """One endpoint."""
    return service.as_shown(session, [service.get_endpoint(session, endpoint_id)])[0]


@router.patch("/{endpoint_id}")
def update_endpoint(
    session: SessionDep, user: Curator, endpoint_id: int, body: EndpointUpdate
) -> EndpointOut:
    """Change an endpoint; its model and role stay."""
    return service.as_shown(session, [service.update_endpoint(session, endpoint_id, body)])[0]


@router.delete("/{endpoint_id}", status_code=204)
def archive_endpoint(session: SessionDep, user: Curator, endpoint_id: int) -> None:
    """Take an endpoint out of use; its samples stay. Not while a run goes on asking it."""
    service.archive_endpoint(session, endpoint_id)


@router.post("/{endpoint_id}:test")
def try_endpoint(
    session: SessionDep, user: Curator, endpoint_id: int, body: EndpointTest | None = None
) -> EndpointTestResult:
    """Make one call by way of a worker and show what comes back."""
    job_id = trial.start_trial(session, user, endpoint_id, body.prompt if body else None)
    session.commit()  # wakes the worker, and frees the connection for the time of waiting
    return trial.await_result(job_id)

"""Seeds that must not be used any more: take down, lift, list."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page, Paging
from backend.takedowns import service
from backend.takedowns.schemas import (
    TakedownBatch,
    TakedownCreate,
    TakedownOut,
    TakedownQuery,
    TakedownResult,
)

router = APIRouter(prefix="/v1/takedowns", tags=["takedowns"])


@router.post("", status_code=201)
def take_down(session: SessionDep, user: Curator, body: TakedownCreate) -> TakedownResult:
    """Mark seeds as not to be used; every version of a mixture that holds one says so."""
    return service.take_down(session, user, body)


@router.post("/{batch}:lift")
def lift(session: SessionDep, user: Curator, batch: UUID) -> TakedownResult:
    """Let seeds be used again that were taken down at once."""
    return service.lift(session, user, batch)


@router.get("")
def list_takedowns(
    session: SessionDep, user: Viewer, query: Annotated[TakedownQuery, Query()]
) -> Page[TakedownOut]:
    """What was taken down and lifted, the newest first."""
    return service.list_takedowns(session, query)


@router.get("/batches")
def list_batches(session: SessionDep, user: Viewer, page: Paging) -> Page[TakedownBatch]:
    """What was taken down at once, the newest first, and how much of it still stands."""
    return service.list_batches(session, page)

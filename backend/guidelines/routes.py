"""Guidelines: add, read, compare versions, archive."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.guidelines import service, showing
from backend.guidelines.schemas import (
    GuidelineCreate,
    GuidelineDetail,
    GuidelineListQuery,
    GuidelineOut,
    GuidelineUpdate,
    Number,
    VersionCreate,
    VersionDetail,
    VersionText,
)
from backend.paging import Page, Paging

router = APIRouter(prefix="/v1", tags=["guidelines"])

Identifier = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/guidelines", status_code=201)
def create_guideline(session: SessionDep, user: Curator, body: GuidelineCreate) -> GuidelineDetail:
    """Keep a guideline with its first text."""
    return showing.guideline_detail(session, service.create_guideline(session, user, body).id)


@router.get("/guidelines")
def list_guidelines(
    session: SessionDep, user: Viewer, query: Annotated[GuidelineListQuery, Query()]
) -> Page[GuidelineOut]:
    """Guidelines in use, or the archived ones, the newest first."""
    return showing.list_guidelines(session, query)


@router.get("/guidelines:texts")
def list_texts(session: SessionDep, user: Viewer, page: Paging) -> Page[VersionText]:
    """Every text of every guideline: what no export may hold."""
    return showing.list_texts(session, page)


@router.get("/guidelines/{guideline_id}")
def read_guideline(session: SessionDep, user: Viewer, guideline_id: Identifier) -> GuidelineDetail:
    """A guideline with its newest text and its versions."""
    return showing.guideline_detail(session, guideline_id)


@router.patch("/guidelines/{guideline_id}")
def update_guideline(
    session: SessionDep, user: Curator, guideline_id: Identifier, body: GuidelineUpdate
) -> GuidelineDetail:
    """Take it out of use, or bring it back; what was made under it stays."""
    service.set_archived(session, guideline_id, body)
    return showing.guideline_detail(session, guideline_id)


@router.post("/guidelines/{guideline_id}/versions", status_code=201)
def add_version(
    session: SessionDep, user: Curator, guideline_id: Identifier, body: VersionCreate
) -> GuidelineDetail:
    """Add a text, the newest from now on."""
    service.add_version(session, user, guideline_id, body)
    return showing.guideline_detail(session, guideline_id)


@router.get("/guidelines/{guideline_id}/versions/{number}")
def read_version(
    session: SessionDep,
    user: Viewer,
    guideline_id: Identifier,
    number: Identifier,
    against: Number | None = None,
) -> VersionDetail:
    """A version, and what is new in it since the one before, or since version `against`."""
    return showing.version_detail(session, guideline_id, number, against)

"""Exports: ask for one, follow it, fetch its files."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.exports import service
from backend.exports.schemas import ExportCreate, ExportOut
from backend.exports.selection import census
from backend.paging import Matching, Page, Paging
from backend.seeds.filters import SeedFilter

router = APIRouter(prefix="/v1/exports", tags=["exports"])
ExportId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("", status_code=201)
def create_export(session: SessionDep, user: Curator, body: ExportCreate) -> ExportOut:
    """Start writing accepted seeds to training files."""
    return service.create_export(session, user, body)


@router.post(":preview")
def preview_export(session: SessionDep, user: Viewer, body: SeedFilter) -> dict[str, int]:
    """How many accepted seeds a filter takes, leaves out for hits, and takes unchecked."""
    return census(session, body)._asdict()


@router.get("")
def list_exports(
    session: SessionDep, user: Viewer, page: Paging, matching: Matching = None
) -> Page[ExportOut]:
    """Exports, newest first."""
    return service.list_exports(session, page, matching)


@router.get("/{export_id}")
def read_export(session: SessionDep, user: Viewer, export_id: ExportId) -> ExportOut:
    """One export with its progress and, when it is whole, its manifest."""
    return service.get_export(session, export_id)


@router.get("/{export_id}/files/{name:path}")
def download(session: SessionDep, user: Viewer, export_id: ExportId, name: str) -> FileResponse:
    """A file of a finished export."""
    return FileResponse(service.file_of(session, export_id, name), filename=name)

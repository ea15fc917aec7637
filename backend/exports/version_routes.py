"""Exports of frozen versions of mixtures: ask for one, and what stands against it."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.exports import standing, version_service
from backend.exports.schemas import (
    ExportOut,
    FormatOut,
    ShardOut,
    VersionExportCreate,
    VersionStanding,
)

router = APIRouter(prefix="/v1", tags=["exports"])

Number = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/mixture-versions/{version_id}/exports", status_code=201)
def create_version_export(
    session: SessionDep, user: Curator, version_id: Number, body: VersionExportCreate
) -> ExportOut:
    """Start writing a frozen version to training files, all of it or nothing."""
    return version_service.create_version_export(session, user, version_id, body)


@router.get("/mixture-versions/{version_id}:standing")
def read_standing(session: SessionDep, user: Viewer, version_id: Number) -> VersionStanding:
    """Which seeds of a frozen version must not be used now: withdrawn ones, and those with hits."""
    return standing.standing(session, version_id)


@router.get("/exports:formats")
def list_formats(user: Viewer) -> list[FormatOut]:
    """The formats that versions can be exported in."""
    return version_service.list_formats()


@router.get("/exports/{export_id}/shards")
def list_shards(session: SessionDep, user: Viewer, export_id: Number) -> list[ShardOut]:
    """The data files of an export of a version that are whole by now."""
    return version_service.list_shards(session, export_id)

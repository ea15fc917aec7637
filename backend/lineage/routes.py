"""Lineage: where a seed or a row comes from, and what it has gone into."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Response

from backend.accounts.access import Viewer
from backend.database import SessionDep
from backend.lineage import provenance, service
from backend.lineage.schemas import LineageQuery, RowLineage, SeedLineage

router = APIRouter(prefix="/v1/lineage", tags=["lineage"])

Asked = Annotated[LineageQuery, Query()]


@router.get("/seeds/{seed_id}")
def read_seed(
    session: SessionDep, user: Viewer, seed_id: Annotated[int, Path(ge=1, lt=2**63)]
) -> SeedLineage:
    """Where a seed comes from, what was paid for it, and every version, export and checkpoint."""
    return service.seed_lineage(session, user, seed_id)


@router.get("/rows")
def read_row(session: SessionDep, user: Viewer, query: Asked, tasks: BackgroundTasks) -> RowLineage:
    """The same of a row, by its place in a version or an export, or by what it carries."""
    return service.row_lineage(session, user, query, tasks.add_task)


@router.get("/prov.json")
def read_provenance(
    session: SessionDep, user: Viewer, query: Asked, tasks: BackgroundTasks
) -> Response:
    """The same as W3C PROV-JSON: of a row, or of a seed where its number alone is given."""
    found = (
        service.seed_lineage(session, user, query.seed_id)
        if query.is_seed and query.seed_id is not None
        else service.row_lineage(session, user, query, tasks.add_task)
    )
    return Response(provenance.prov_json(found), media_type="application/json")

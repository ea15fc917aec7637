"""Seeds: lists, details, edits, and the overview."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page
from backend.seeds import lists, service
from backend.seeds.detail import seed_detail
from backend.seeds.filters import SeedFilter
from backend.seeds.overview import Overview, overview
from backend.seeds.schemas import (
    Facets,
    SeedDetail,
    SeedListQuery,
    SeedRow,
    SeedUpdate,
    SourceOut,
)
from backend.seeds.tables import Source

router = APIRouter(prefix="/v1", tags=["seeds"])

SeedId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/seeds")
def list_seeds(
    session: SessionDep, user: Viewer, query: Annotated[SeedListQuery, Query()]
) -> Page[SeedRow]:
    """Seeds under a filter; `total` is counted on the first page, up to 10,000."""
    return lists.list_seeds(session, query)


@router.get("/seeds/facets")
def count_facets(
    session: SessionDep, user: Viewer, filter: Annotated[SeedFilter, Query()]
) -> Facets:
    """How many seeds under a filter have each status, verdict, domain and source."""
    return lists.facets(session, filter)


@router.get("/seeds/{seed_id}")
def read_seed(session: SessionDep, user: Viewer, seed_id: SeedId) -> SeedDetail:
    """A seed with all its wordings, evidence and history."""
    return seed_detail(session, seed_id)


@router.patch("/seeds/{seed_id}")
def edit_seed(session: SessionDep, user: Curator, seed_id: SeedId, body: SeedUpdate) -> SeedDetail:
    """Change a seed; with a new prompt or answer it is pending again, unscored and unchecked."""
    service.edit_seed(session, user, seed_id, body.model_dump(exclude_unset=True))
    return seed_detail(session, seed_id)


@router.get("/sources", response_model=list[SourceOut])
def list_sources(session: SessionDep, user: Viewer) -> Sequence[Source]:
    """Where seeds come from."""
    return service.list_sources(session)


@router.get("/overview")
def read_overview(session: SessionDep, user: Viewer) -> Overview:
    """Where the data stands."""
    return overview(session)

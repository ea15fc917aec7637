"""Seeds: lists, details and edits."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page
from backend.seeds import counts, edits, lists, service
from backend.seeds.counts import SeedCount, SeedValues
from backend.seeds.detail import seed_detail
from backend.seeds.filters import SeedFilter
from backend.seeds.schemas import (
    EditResults,
    Facets,
    SeedDetail,
    SeedEdits,
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
    """How many seeds under a filter have each status, verdict, domain and source.

    All that match are read: for how many there are ask `/v1/seeds/count`.
    """
    return counts.facets(session, filter)


@router.get("/seeds/count")
def count_seeds(
    session: SessionDep, user: Viewer, filter: Annotated[SeedFilter, Query()]
) -> SeedCount:
    """How many seeds match: exactly up to 10,000, beyond that about."""
    return counts.count_of(session, filter)


@router.get("/seeds/values")
def list_values(session: SessionDep, user: Viewer) -> SeedValues:
    """The domains and sources that seeds have."""
    return counts.values_of(session)


@router.get("/seeds/{seed_id}")
def read_seed(session: SessionDep, user: Viewer, seed_id: SeedId) -> SeedDetail:
    """A seed with all its wordings, evidence and history."""
    return seed_detail(session, user, seed_id)


@router.patch("/seeds/{seed_id}")
def edit_seed(session: SessionDep, user: Curator, seed_id: SeedId, body: SeedUpdate) -> SeedDetail:
    """Change a seed; with a new prompt or answer it is pending again, unscored and unchecked."""
    service.edit_seed(session, user, seed_id, body.model_dump(exclude_unset=True))
    return seed_detail(session, user, seed_id)


@router.patch("/seeds")
def edit_seeds(session: SessionDep, user: Curator, body: SeedEdits) -> EditResults:
    """Change 1 to 200 seeds; each row has its own result, and a wrong one spoils no other."""
    return EditResults(results=edits.edit_seeds(session, user, body.seeds))


@router.get("/sources", response_model=list[SourceOut])
def list_sources(session: SessionDep, user: Viewer) -> Sequence[Source]:
    """Where seeds come from."""
    return service.list_sources(session)

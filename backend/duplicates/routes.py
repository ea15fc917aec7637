"""Near-duplicates: the search, its groups, and what curators make of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.duplicates import groups, resolving, service
from backend.duplicates.schemas import (
    Dismissal,
    GroupDetail,
    GroupRow,
    GroupsQuery,
    KeepOne,
    Resolved,
    SearchState,
)
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.paging import Page

router = APIRouter(prefix="/v1", tags=["duplicates"])

GroupId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/duplicates:find", response_model=JobOut)
def find_duplicates(session: SessionDep, user: Curator) -> Job:
    """Look at all seeds that were not looked at as they read now."""
    return service.find_now(session, user)


@router.get("/duplicates/search")
def read_search_state(session: SessionDep, user: Viewer) -> SearchState:
    """Where the search stands."""
    return service.search_state(session)


@router.get("/duplicates")
def list_groups(
    session: SessionDep, user: Viewer, query: Annotated[GroupsQuery, Query()]
) -> Page[GroupRow]:
    """Groups of near-duplicates, the newest first."""
    return groups.list_groups(session, query)


@router.get("/duplicates/{group_id}")
def read_group(session: SessionDep, user: Viewer, group_id: GroupId) -> GroupDetail:
    """A group with its 100 most similar members and where they differ from the leader."""
    return groups.group_detail(session, group_id)


@router.post("/duplicates/{group_id}:keep")
def keep_one(session: SessionDep, user: Curator, group_id: GroupId, body: KeepOne) -> Resolved:
    """Keep one seed, which takes over what the others know, and reject the others."""
    return resolving.keep_one(session, user, group_id, body)


@router.post("/duplicates/{group_id}:dismiss")
def dismiss(session: SessionDep, user: Curator, group_id: GroupId, body: Dismissal) -> Resolved:
    """Say that they are no duplicates; it holds as long as they read as they do."""
    return resolving.dismiss(session, user, group_id, body)

"""Rewrites: propose, list, read, decide, comment."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page
from backend.rewriting import deciding, service, showing
from backend.rewriting.schemas import (
    ApprovalCreate,
    CommentCreate,
    RejectionCreate,
    RewriteCreate,
    RewriteDetail,
    RewriteListQuery,
    RewriteRow,
)

router = APIRouter(prefix="/v1", tags=["rewrites"])

RewriteId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/rewrites", status_code=201)
def create_rewrite(session: SessionDep, user: Curator, body: RewriteCreate) -> RewriteDetail:
    """Propose another wording for a seed, which stays as it is until one is approved."""
    return showing.rewrite_detail(session, user, service.propose(session, user, body).id)


@router.get("/rewrites")
def list_rewrites(
    session: SessionDep, user: Viewer, query: Annotated[RewriteListQuery, Query()]
) -> Page[RewriteRow]:
    """Rewrites of living seeds: failed checks first, then unknown ones, then the newest."""
    return showing.list_rewrites(session, query)


@router.get("/rewrites/{rewrite_id}")
def read_rewrite(session: SessionDep, user: Viewer, rewrite_id: RewriteId) -> RewriteDetail:
    """A rewrite beside its original, with checks, hits, comments and history."""
    return showing.rewrite_detail(session, user, rewrite_id)


@router.post("/rewrites/{rewrite_id}:approve")
def approve_rewrite(
    session: SessionDep, user: Curator, rewrite_id: RewriteId, body: ApprovalCreate
) -> RewriteDetail:
    """Approve it; with the last approval that is needed the seed reads so, and is pending again.

    Undo the decision (`decision_id`) to take that back.
    """
    deciding.approve(session, user, rewrite_id, body.overrules)
    return showing.rewrite_detail(session, user, rewrite_id)


@router.post("/rewrites/{rewrite_id}:reject")
def reject_rewrite(
    session: SessionDep, user: Curator, rewrite_id: RewriteId, body: RejectionCreate
) -> RewriteDetail:
    """Reject it for a reason; the seed stays as it is."""
    deciding.reject(session, user, rewrite_id, body.reason)
    return showing.rewrite_detail(session, user, rewrite_id)


@router.post("/rewrites/{rewrite_id}:withdraw")
def withdraw_rewrite(session: SessionDep, user: Curator, rewrite_id: RewriteId) -> RewriteDetail:
    """Take back one's own; an admin may take back anybody's."""
    deciding.withdraw(session, user, rewrite_id)
    return showing.rewrite_detail(session, user, rewrite_id)


@router.post("/rewrites/{rewrite_id}/comments", status_code=201)
def comment_on_rewrite(
    session: SessionDep, user: Curator, rewrite_id: RewriteId, body: CommentCreate
) -> RewriteDetail:
    """Say something about it."""
    service.comment(session, user, rewrite_id, body)
    return showing.rewrite_detail(session, user, rewrite_id)

"""Saved views, and the views that everybody finds."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend.accounts.access import Viewer
from backend.accounts.tables import User
from backend.database import SessionDep
from backend.seeds.filters import SeedFilter
from backend.seeds.stock_views import StockView, stock_views
from backend.views import service
from backend.views.schemas import ViewCreate, ViewOut, ViewUpdate
from backend.views.tables import SavedView

router = APIRouter(prefix="/v1/views", tags=["views"])

ViewId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/stock", response_model_exclude_none=True)
def list_stock_views(user: Viewer) -> list[StockView]:
    """The views that everybody finds; in `mine` the caller is filled in."""
    return stock_views(user.id)


@router.get("", response_model_exclude_none=True)
def list_views(session: SessionDep, user: Viewer) -> list[ViewOut]:
    """The caller's views, and those that others share."""
    return [_shown(view, user) for view in service.list_views(session, user)]


@router.post("", status_code=201, response_model_exclude_none=True)
def create_view(session: SessionDep, user: Viewer, body: ViewCreate) -> ViewOut:
    """Keep a filter and an order under a name; private unless `shared`."""
    return _shown(service.create_view(session, user, body), user)


@router.patch("/{view_id}", response_model_exclude_none=True)
def update_view(session: SessionDep, user: Viewer, view_id: ViewId, body: ViewUpdate) -> ViewOut:
    """Rename, change, share, delete or bring back a view of one's own."""
    changes = body.model_dump(mode="json", exclude_none=True)
    return _shown(service.update_view(session, user, view_id, changes), user)


@router.delete("/{view_id}", status_code=204)
def delete_view(session: SessionDep, user: Viewer, view_id: ViewId) -> None:
    """Take a view of one's own out of the lists; PATCH with `deleted` false brings it back."""
    service.delete_view(session, user, view_id)


def _shown(view: SavedView, user: User) -> ViewOut:
    return ViewOut(
        id=view.id, name=view.name, owner=view.user.name, mine=view.user_id == user.id,
        filter=SeedFilter.model_validate(view.filter), sort=view.sort, shared=view.shared,
        created_at=view.created_at,
    )  # fmt: skip

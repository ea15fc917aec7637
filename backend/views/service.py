"""Saved views: private until their owner shares them; only the owner, or an admin, changes one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from backend.accounts.tables import User
from backend.errors import Conflict, Forbidden, NotFound
from backend.views.schemas import ViewCreate
from backend.views.tables import SavedView


def list_views(session: Session, user: User) -> Sequence[SavedView]:
    """The caller's own views and the shared ones of others, by name."""
    wanted = (
        select(SavedView)
        .options(joinedload(SavedView.user))
        .where(
            SavedView.deleted_at.is_(None),
            or_(SavedView.user_id == user.id, SavedView.shared),
        )
        .order_by(func.lower(SavedView.name), SavedView.id)
    )
    return session.scalars(wanted).all()


def create_view(session: Session, user: User, body: ViewCreate) -> SavedView:
    """Keep a view for the caller.

    Raises:
        Conflict: the caller has one of this name.
    """
    view = SavedView(
        user_id=user.id, name=body.name, sort=body.sort, shared=body.shared,
        filter=body.filter.model_dump(mode="json", exclude_none=True),
    )  # fmt: skip
    view.user = user
    session.add(view)
    _flush(session, body.name)
    return view


def update_view(
    session: Session, user: User, view_id: int, changes: Mapping[str, Any]
) -> SavedView:
    """Change a view, or bring a deleted one back (`deleted` false).

    Raises:
        NotFound: there is none of this number, or it is private and another's.
        Forbidden: it is another's.
        Conflict: its owner has another of the new name.
    """
    view = _changeable(session, user, view_id)
    for field in ("name", "filter", "sort", "shared"):
        if changes.get(field) is not None:
            setattr(view, field, changes[field])
    if changes.get("deleted") is not None:
        view.deleted_at = func.now() if changes["deleted"] else None
    _flush(session, view.name)
    return view


def delete_view(session: Session, user: User, view_id: int) -> None:
    """Take a view out of the lists; `update_view` brings it back."""
    update_view(session, user, view_id, {"deleted": True})


def _changeable(session: Session, user: User, view_id: int) -> SavedView:
    view = session.get(
        SavedView, view_id, options=[joinedload(SavedView.user)], with_for_update={"of": SavedView}
    )
    mine = view is not None and (view.user_id == user.id or user.role == "admin")
    if view is None or not (mine or view.shared):
        raise NotFound(f"there is no view {view_id}")
    if not mine:
        raise Forbidden(f"the view belongs to {view.user.name}: save it under a name of your own")
    return view


def _flush(session: Session, name: str) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        message = f"there is a view named {name} already"
        raise Conflict(message, field="name", code="name_taken") from error

"""Sign-in, users, their settings and keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from fastapi import APIRouter

from backend.accounts import service, single_sign_on, user_settings
from backend.accounts.access import Admin, Bearer, Viewer
from backend.accounts.schemas import (
    KeyCreate,
    KeyCreated,
    KeyOut,
    LinkOut,
    SignedIn,
    SignIn,
    UserCreate,
    UserOut,
    UserUpdate,
)
from backend.accounts.setting_schemas import UserSettings
from backend.accounts.tables import AccessKey, User
from backend.config import settings
from backend.database import SessionDep, existing
from backend.errors import Forbidden, Unauthenticated

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/sign-in")
def sign_in(session: SessionDep, body: SignIn) -> SignedIn:
    """Begin a browser session."""
    if body.id_token is not None:
        issued = single_sign_on.sign_in_with_id_token(session, body.id_token, settings())
    elif body.link is not None:
        issued = service.sign_in_with_link(session, body.link)
    else:
        issued = service.sign_in_with_password(session, body.name or "", body.password or "")
    user = UserOut.model_validate(issued.key.user)
    return SignedIn(
        secret=issued.secret, user=user, expires_at=cast(datetime, issued.key.expires_at)
    )


@router.post("/sign-out", status_code=204)
def sign_out(session: SessionDep, user: Viewer, bearer: Bearer) -> None:
    """End this browser session."""
    if bearer is None:
        raise Unauthenticated("send the session's secret")
    service.sign_out(session, bearer.credentials)


@router.get("/me", response_model=UserOut)
def read_me(user: Viewer) -> User:
    """The caller."""
    return user


@router.get("/me/settings")
def read_settings(session: SessionDep, user: Viewer) -> UserSettings:
    """The caller's settings of the triage pane."""
    return user_settings.read_settings(session, user)


@router.put("/me/settings")
def replace_settings(session: SessionDep, user: Viewer, body: UserSettings) -> UserSettings:
    """Replace the caller's settings; what is left out is the default again."""
    user_settings.save_settings(session, user, body)
    return body


@router.get("/users", response_model=list[UserOut])
def list_users(session: SessionDep, user: Admin) -> Sequence[User]:
    """All users."""
    return service.list_users(session)


@router.post("/users", response_model=UserOut, status_code=201)
def create_user(session: SessionDep, user: Admin, body: UserCreate) -> User:
    """Add a user."""
    return service.create_user(session, body.name, body.role, body.password)


@router.patch("/users/{user_id}", response_model=UserOut)
def update_user(session: SessionDep, user: Admin, user_id: int, body: UserUpdate) -> User:
    """Change a user's role, password or access."""
    return service.update_user(session, user, user_id, **body.model_dump())


@router.post("/sign-in-links", status_code=201)
def create_link(session: SessionDep, user: Admin) -> LinkOut:
    """A one-time link that signs its first opener in as the caller."""
    issued = service.issue_key(session, user, "link", "sign-in link", service.LINK_LIFE)
    url = f"{settings().dashboard_url}/?link={issued.secret}"
    return LinkOut(url=url, expires_at=cast(datetime, issued.key.expires_at))


def _shown(key: AccessKey, owner: str) -> KeyOut:
    return KeyOut(
        id=key.id, name=key.name, prefix=key.prefix, user=owner, created_at=key.created_at,
        last_used_at=key.last_used_at,
    )  # fmt: skip


@router.get("/keys")
def list_keys(session: SessionDep, user: Viewer) -> list[KeyOut]:
    """Living API keys: one's own; an admin sees all."""
    return [_shown(key, key.user.name) for key in service.list_keys(session, user)]


@router.post("/keys", status_code=201)
def create_key(session: SessionDep, user: Viewer, body: KeyCreate) -> KeyCreated:
    """A new API key; its secret is shown this once."""
    owner = user
    if body.user_id is not None and body.user_id != user.id:
        if user.role != "admin":
            raise Forbidden("only an admin can make keys for others")
        owner = existing(session, User, body.user_id, "user")
    issued = service.issue_key(session, owner, "api", body.name)
    return KeyCreated(**_shown(issued.key, owner.name).model_dump(), secret=issued.secret)


@router.delete("/keys/{key_id}", status_code=204)
def revoke_key(session: SessionDep, user: Viewer, key_id: int) -> None:
    """End an API key."""
    service.revoke_key(session, user, key_id)

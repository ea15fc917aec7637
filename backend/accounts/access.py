"""Who may do what: the one place where a route's caller is identified and their role is checked."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.accounts import service
from backend.accounts.tables import User
from backend.database import SessionDep
from backend.errors import Forbidden, Unauthenticated

# What a role may do, as the set of levels that routes ask for.
GRANTS = {
    "viewer": {"viewer"},
    "ingester": {"viewer", "ingester"},
    "curator": {"viewer", "ingester", "curator"},
    "admin": {"viewer", "ingester", "curator", "admin"},
}

_bearer = HTTPBearer(auto_error=False)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def require(level: str) -> Callable[..., User]:
    """A dependency that gives the calling user, or refuses; OpenAPI shows the level as a scope."""

    def caller(
        session: SessionDep,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer, scopes=[level])],
    ) -> User:
        if bearer is None:
            raise Unauthenticated("send a key: Authorization: Bearer <key>")
        user = service.user_of_secret(session, bearer.credentials, kinds=("api", "session"))
        if level not in GRANTS[user.role]:
            raise Forbidden(f"this needs the role {level}; {user.name} is {user.role}")
        return user

    return caller


Viewer = Annotated[User, Depends(require("viewer"))]
Ingester = Annotated[User, Depends(require("ingester"))]
Curator = Annotated[User, Depends(require("curator"))]
Admin = Annotated[User, Depends(require("admin"))]

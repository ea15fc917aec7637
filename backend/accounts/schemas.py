"""What callers send and see of users and keys."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Role = Literal["viewer", "ingester", "curator", "admin"]
Password = Field(default=None, min_length=10, max_length=200)


class UserOut(BaseModel):
    """A user."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    oidc_issuer: str | None


class UserCreate(BaseModel):
    """A new user; pipelines need no password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f].*$")
    role: Role
    password: str | None = Password


class UserUpdate(BaseModel):
    """What may change; absent fields stay. `unlink` forgets their account at the provider."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    password: str | None = Password
    disabled: bool | None = None
    unlink: bool | None = None


class SignIn(BaseModel):
    """A name and password, the token of a one-time link, or the ID token of the provider."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    password: str | None = None
    link: str | None = None
    id_token: str | None = Field(default=None, max_length=20_000)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        with_password = self.name is not None and self.password is not None
        if [with_password, self.link is not None, self.id_token is not None].count(True) != 1:
            raise ValueError("send either name and password, or link, or id_token")
        return self


class SignedIn(BaseModel):
    """A browser session; the secret is sent as a bearer from now on."""

    secret: str
    user: UserOut
    expires_at: datetime


class LinkOut(BaseModel):
    """A one-time sign-in address."""

    url: str
    expires_at: datetime


class KeyCreate(BaseModel):
    """A new API key for a user (oneself, or as admin any)."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    user_id: int | None = None


class KeyOut(BaseModel):
    """A key without its secret."""

    id: int
    name: str
    prefix: str
    user: str
    created_at: datetime
    last_used_at: datetime | None


class KeyCreated(KeyOut):
    """A new key; `secret` is shown this once."""

    secret: str

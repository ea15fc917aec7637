"""Users, the keys that speak for them, and their settings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.database import Base, CreatedAt, Identifier, Json

ROLES = ("viewer", "ingester", "curator", "admin")


class User(Base):
    """A person or a pipeline; pipelines have no password.

    A person who has signed in by a provider is known by its address and their number there.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(f"role in {ROLES}", name="role"),
        CheckConstraint("(oidc_issuer is null) = (oidc_subject is null)", name="oidc_whole"),
        UniqueConstraint("oidc_issuer", "oidc_subject"),
    )

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str | None]
    oidc_issuer: Mapped[str | None]
    oidc_subject: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    disabled_at: Mapped[datetime | None]


class AccessKey(Base):
    """A bearer secret, kept as its hash: an API key, a browser session or a one-time link."""

    __tablename__ = "access_key"
    __table_args__ = (
        CheckConstraint("kind in ('api', 'session', 'link')", name="kind"),
        Index(None, "user_id"),
    )

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    prefix: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")


class StoredSettings(Base):
    """What a user has set otherwise than the defaults (`setting_schemas.UserSettings`)."""

    __tablename__ = "user_settings"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    changes: Mapped[Json]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""Users and the keys that speak for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.database import Base, CreatedAt, Identifier

ROLES = ("viewer", "ingester", "curator", "admin")


class User(Base):
    """A person or a pipeline; pipelines have no password."""

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint(f"role in {ROLES}", name="role"),)

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str | None]
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

"""Views that users keep: a filter and an order under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.tables import User
from backend.database import Base, CreatedAt, Identifier, Json


class SavedView(Base):
    """A user's view; others see it only where it is shared. A deleted one can be brought back."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index(
            "uq_saved_view_user_id_name", "user_id", "name", unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    filter: Mapped[Json]
    sort: Mapped[str]
    shared: Mapped[bool]
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")

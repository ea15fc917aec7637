"""Seeds that must not be used any more, whoever holds them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier

REASONS = ("licence", "request", "privacy", "other")
STANDS = text("lifted_at is null")


class SeedTakedown(Base):
    """Why a seed must not be used, since when, and by whose word; lifting it leaves the row.

    `batch` is the caller's token: what was taken down at once is lifted at once.
    """

    __tablename__ = "seed_takedown"
    __table_args__ = (
        CheckConstraint(f"reason in {REASONS}", name="reason"),
        CheckConstraint("(lifted_at is null) = (lifted_by is null)", name="lifted"),
        Index("uq_seed_takedown_standing", "seed_id", unique=True, postgresql_where=STANDS),
        Index("ix_seed_takedown_batch", "batch", "seed_id"),
        Index("ix_seed_takedown_seed_id", "seed_id", "id"),
    )

    id: Mapped[Identifier]
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    reason: Mapped[str]
    note: Mapped[str]
    batch: Mapped[UUID]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]


def is_taken_down(seed_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a seed must not be used any more."""
    standing = select(SeedTakedown.id).where(SeedTakedown.lifted_at.is_(None))
    return standing.where(SeedTakedown.seed_id == seed_id).exists()

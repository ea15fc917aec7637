"""Exports: files of accepted seeds with a manifest."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json


class Export(Base):
    """One request for training files; the manifest is written last, so its presence means whole."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'finished', 'failed')", name="state"),
        CheckConstraint("layout in ('sft', 'rl')", name="layout"),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    layout: Mapped[str]
    filter: Mapped[Json]
    settings: Mapped[Json]
    state: Mapped[str] = mapped_column(server_default="pending")
    folder: Mapped[str | None]
    row_count: Mapped[int] = mapped_column(server_default="0")
    manifest: Mapped[Json | None]
    error: Mapped[str | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]

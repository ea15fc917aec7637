"""Counts over all seeds that take long to make, kept for a stated time."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Json


class OverviewSnapshot(Base):
    """One part of the overview as it was counted at `taken_at`, good for `kept_seconds`."""

    __tablename__ = "overview_snapshot"

    part: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Json]
    taken_at: Mapped[datetime]
    kept_seconds: Mapped[float]

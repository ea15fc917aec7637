"""Guidelines: what a teacher is told of safety, in versions that never change."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier
from backend.science.safety_categories import CATEGORIES


class Guideline(Base):
    """A guideline by its name; its texts are its versions. None is deleted."""

    __tablename__ = "guideline"
    __table_args__ = (
        CheckConstraint(f"category in {CATEGORIES}", name="category"),
        Index("uq_guideline_name", text("lower(name)"), unique=True),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    category: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


class GuidelineVersion(Base):
    """A text of a guideline; `note` says what is new in it."""

    __tablename__ = "guideline_version"
    __table_args__ = (
        UniqueConstraint("guideline_id", "number", name="uq_guideline_version_number"),
    )

    id: Mapped[Identifier]
    guideline_id: Mapped[int] = mapped_column(ForeignKey("guideline.id"))
    number: Mapped[int]
    text: Mapped[str]
    text_hash: Mapped[str]
    note: Mapped[str | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]

"""What a model suggests as the domain of a wording."""

from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt
from backend.science.domain_questions import FAULTS, OTHER

NAMED: Final = "named"
OUTCOMES: Final = (NAMED, OTHER, *FAULTS)


class DomainSuggestion(Base):
    """A stored reply as one run has read it: a domain of its list, none that fits, or unreadable.

    `given` is the domain that the seed had when it was read, to hold the two against each other.
    """

    __tablename__ = "domain_suggestion"
    __table_args__ = (
        CheckConstraint(f"outcome in {OUTCOMES}", name="outcome"),
        CheckConstraint("(domain is not null) = (outcome = 'named')", name="domain"),
        Index("ix_domain_suggestion_revision_id", "revision_id"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True, autoincrement=False)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("seed_revision.id"), primary_key=True, autoincrement=False
    )
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"))
    outcome: Mapped[str]
    domain: Mapped[str | None]
    said: Mapped[str | None]
    given: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class DomainApplied(Base):
    """A bulk action that has applied a run's suggestions; `replace`: given domains too."""

    __tablename__ = "domain_applied"

    batch: Mapped[UUID] = mapped_column(ForeignKey("decision_batch.batch"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    replace: Mapped[bool]

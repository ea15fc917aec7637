"""What became of each reply of a model that was asked for proposals."""

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt
from backend.science.augmentation_templates import KINDS
from backend.science.proposal_replies import FAULTS

MADE: Final = "made"
# `unchanged` is the wording that was asked about, `duplicate` what was proposed for it before,
# `taken` the prompt of another seed.
OUTCOMES: Final = (MADE, *FAULTS, "unchanged", "duplicate", "taken")


class ProposalReply(Base):
    """A stored reply as one run has read it.

    Two runs that ask the same question share its samples, and each has its own word on them.
    `rewrite_id` is the rewrite that was made of it, or the one that proposes the same; `seed_id` is
    the seed that was made of it, or the one that has its prompt.
    """

    __tablename__ = "proposal_reply"
    __table_args__ = (
        CheckConstraint(f"outcome in {OUTCOMES}", name="outcome"),
        Index("ix_proposal_reply_outcome", "run_id", "outcome", "sample_id"),
        Index("ix_proposal_reply_rewrite_id", "rewrite_id",
              postgresql_where=text("rewrite_id is not null")),
    )  # fmt: skip

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True, autoincrement=False)
    sample_id: Mapped[int] = mapped_column(
        ForeignKey("sample.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    outcome: Mapped[str]
    said: Mapped[str | None]
    rewrite_id: Mapped[int | None] = mapped_column(ForeignKey("rewrite.id"))
    seed_id: Mapped[int | None] = mapped_column(ForeignKey("seed.id"))
    created_at: Mapped[CreatedAt]


class SeedParent(Base):
    """Where a synthetic seed comes from: an accepted seed, and the model that was shown it.

    `answer` is the model's own, a proposal that is never taken for the seed's given answer.
    """

    __tablename__ = "seed_parent"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        Index("ix_seed_parent_parent_id", "parent_id", "seed_id"),
    )

    seed_id: Mapped[int] = mapped_column(
        ForeignKey("seed.id"), primary_key=True, autoincrement=False
    )
    parent_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    parent_revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    kind: Mapped[str]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    template_hash: Mapped[str]
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"))
    answer: Mapped[str]
    why: Mapped[str]
    created_at: Mapped[CreatedAt]

"""Rewrites: wordings that wait for approval, what was checked of them, and what people say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json
from backend.science.rewrite_checks import RULE_CHECKS
from backend.science.rewrite_rules import OUTCOMES
from backend.science.rewrite_templates import KINDS

STATES = ("proposed", "approved", "rejected", "withdrawn")
MEASURED_CHECKS = ("follows", "reference_decisive", "second_family_agrees", "difficulty_kept")
"""What only models' answers to the rewrite can tell; unknown until those are there."""


class Rewrite(Base):
    """A proposed wording of a seed: a revision that is not the seed's until it is approved.

    It is of a user, or of an endpoint under a template. `decision_id` is the event of its approval
    while that stands. `token` is the client's own, so that a repeated post makes no second one.
    """

    __tablename__ = "rewrite"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("(author_id is null) <> (endpoint_id is null)", name="origin"),
        UniqueConstraint("revision_id", name="uq_rewrite_revision_id"),
        UniqueConstraint("token", name="uq_rewrite_token"),
        Index("ix_rewrite_seed_id", "seed_id", "id"),
        Index("ix_rewrite_state", "state", "id"),
        # One approved at a time.
        Index("uq_rewrite_approved", "base_revision_id", unique=True,
              postgresql_where=text("state = 'approved'")),
    )  # fmt: skip

    id: Mapped[Identifier]
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    base_revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    kind: Mapped[str]
    why: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("endpoint.id"))
    template_hash: Mapped[str | None]
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("sample.id"))
    state: Mapped[str] = mapped_column(server_default="proposed")
    reason: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    token: Mapped[UUID]
    created_at: Mapped[CreatedAt]


class RewriteCheck(Base):
    """What one check says of a rewrite; `evidence` is its `text` and its `spans` in the prompt."""

    __tablename__ = "rewrite_check"
    __table_args__ = (
        CheckConstraint(f"name in {(*RULE_CHECKS, *MEASURED_CHECKS)}", name="name"),
        CheckConstraint(f"outcome in {OUTCOMES}", name="outcome"),
    )

    rewrite_id: Mapped[int] = mapped_column(ForeignKey("rewrite.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    evidence: Mapped[Json]
    created_at: Mapped[CreatedAt]


class RewriteApproval(Base):
    """One curator's key; `overrules` is an admin's reason to approve what failed a check.

    Where the approval is undone, the keys are taken back with it.
    """

    __tablename__ = "rewrite_approval"
    __table_args__ = (
        Index("uq_rewrite_approval_user", "rewrite_id", "user_id", unique=True,
              postgresql_where=text("taken_back_at is null")),
    )  # fmt: skip

    id: Mapped[Identifier]
    rewrite_id: Mapped[int] = mapped_column(ForeignKey("rewrite.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    overrules: Mapped[str | None]
    taken_back_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class RewriteComment(Base):
    """What somebody says of a rewrite."""

    __tablename__ = "rewrite_comment"
    __table_args__ = (
        UniqueConstraint("token", name="uq_rewrite_comment_token"),
        Index("ix_rewrite_comment_rewrite_id", "rewrite_id", "id"),
    )

    id: Mapped[Identifier]
    rewrite_id: Mapped[int] = mapped_column(ForeignKey("rewrite.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str]
    token: Mapped[UUID]
    created_at: Mapped[CreatedAt]

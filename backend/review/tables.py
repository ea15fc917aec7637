"""Decisions are events; today's state of a seed is their fold. Leases keep curators apart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

DECISIONS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit",
    "confirm_hit", "dismiss_hit", "undo",
)  # fmt: skip


class Decision(Base):
    """Who did what to a seed, when and why; never changed, undone only by another event.

    `before` and `after` hold the fields of the seed (or hit) that the event changed. `token` is
    chosen by the client, so that a repeated post has no second effect; `batch` ties the events of
    one bulk action.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(f"kind in {DECISIONS}", name="kind"),
        UniqueConstraint("token", name="uq_decision_token"),
        UniqueConstraint("undoes_id", name="uq_decision_undoes_id"),
        Index("ix_decision_seed_id", "seed_id", "id"),
        Index("ix_decision_user_id", "user_id", "id"),
    )

    id: Mapped[Identifier]
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    reason: Mapped[str | None]
    hit_id: Mapped[int | None] = mapped_column(ForeignKey("decontamination_hit.id"))
    before: Mapped[Json]
    after: Mapped[Json]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    token: Mapped[UUID | None]
    batch: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[CreatedAt]


class Lease(Base):
    """A seed on a curator's screen until `expires_at`."""

    __tablename__ = "lease"

    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]

"""Decisions are events; today's state of a seed is their fold. Leases keep curators apart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

DECISIONS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit", "rewrite",
    "confirm_hit", "dismiss_hit", "dismiss_duplicates", "undo",
    "opinion_accept", "opinion_reject", "opinion_needs_rewrite", "opinion_flag", "opinion_unflag",
    "keep_trace", "reject_trace",
)  # fmt: skip
BATCHES = (
    "accept", "reject", "needs_rewrite", "flag", "unflag", "keep_duplicate", "dismiss_duplicates",
    "edit", "move", "undo",
)  # fmt: skip
_SINGLE = text("batch is null")


class Decision(Base):
    """Who did what to a seed, when and why; never changed, undone only by another event.

    `before` and `after` hold the fields of the seed, hit or trace that the event changed. `token`
    is chosen by the client, so that a repeated post has no second effect; `batch` ties the events
    of one bulk action. `queue_id` is the named queue that it was taken in.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(f"kind in {DECISIONS}", name="kind"),
        UniqueConstraint("token", name="uq_decision_token"),
        UniqueConstraint("undoes_id", name="uq_decision_undoes_id"),
        Index("ix_decision_seed_id", "seed_id", "id"),
        Index("ix_decision_user_id", "user_id", "id"),
        Index("ix_decision_user_day", "user_id", "created_at"),
        Index(
            "ix_decision_skip", "user_id", "seed_id", "id", postgresql_where=text("kind = 'skip'")
        ),
        Index(
            "ix_decision_queue_id", "queue_id", "id", postgresql_where=text("queue_id is not null")
        ),
        Index("ix_decision_batch", "batch", "id", postgresql_where=text("batch is not null")),
        # The history shows a bulk action as one: its events must not be walked past.
        Index("ix_decision_single", "id", postgresql_where=_SINGLE),
        Index("ix_decision_single_kind", "kind", "id", postgresql_where=_SINGLE),
        Index("ix_decision_single_user_id", "user_id", "id", postgresql_where=_SINGLE),
        Index("ix_decision_undo", "user_id", "id", postgresql_where=text("kind = 'undo'")),
    )

    id: Mapped[Identifier]
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    reason: Mapped[str | None]
    hit_id: Mapped[int | None] = mapped_column(ForeignKey("decontamination_hit.id"))
    sample_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("trace.sample_id"))
    before: Mapped[Json]
    after: Mapped[Json]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    token: Mapped[UUID | None]
    batch: Mapped[UUID | None]
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("review_queue.id"))
    created_at: Mapped[CreatedAt]


class DecisionBatch(Base):
    """One bulk action, written once; its events have its `batch`, which is the client's token.

    `count` and `left_out` count its seeds as they are worked off, `undone_count` those of its
    events that others took back. `undoes` is the batch that this one takes back. A job that works
    it off has come to `position`, a seed's number or that of the event to undo, and goes no farther
    than `until`.
    """

    __tablename__ = "decision_batch"
    __table_args__ = (
        CheckConstraint(f"kind in {BATCHES}", name="kind"),
        UniqueConstraint("batch", name="uq_decision_batch_batch"),
        Index("ix_decision_batch_undoes", "undoes", "id"),
        Index("ix_decision_batch_user_id", "user_id", "id"),
    )

    id: Mapped[Identifier]
    batch: Mapped[UUID]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    reason: Mapped[str | None]
    # The filter, or null where the seeds were named.
    filter: Mapped[Json | None]
    # Of an edit of many seeds: what changed of each.
    changes: Mapped[Json | None]
    undoes: Mapped[UUID | None]
    count: Mapped[int] = mapped_column(server_default="0")
    left_out: Mapped[int] = mapped_column(server_default="0")
    undone_count: Mapped[int] = mapped_column(server_default="0")
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    position: Mapped[int] = mapped_column(server_default="0")
    until: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class Lease(Base):
    """A seed on a curator's screen until `expires_at`."""

    __tablename__ = "lease"

    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime]

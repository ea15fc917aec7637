"""Runs: which seeds, which endpoints, under which budget, and how far."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

GOING_ON = ("running", "paused")
RUN_STATES = (*GOING_ON, "cancelled", "finished", "stopped")
# What they are for: verdicts, traces of a teacher, or what a model proposes of seeds.
RUN_KINDS = ("scoring", "traces", "rewrites", "augmentation", "domains")
PROPOSING = RUN_KINDS[2:]
# A seed ends as scored in a scoring run, as traced in one for traces, else as proposed for.
ITEM_STATES = ("pending", "scored", "failed", "traced", "proposed")


class Run(Base):
    """One pass over a fixed list of seeds. `stopped` means that the budget ended it.

    `calls` to `cost` are those of the samples stored for the run: each is written with its samples.
    `seeds_scored` counts those that are done, whatever the run is for.
    `resume_at` is set where calls wait for an endpoint's next day: a worker takes them up then.
    """

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint(f"state in {RUN_STATES}", name="state"),
        CheckConstraint(f"kind in {RUN_KINDS}", name="kind"),
        Index("ix_run_resume_at", "resume_at", postgresql_where=text("resume_at is not null")),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="scoring")
    filter: Mapped[Json]
    settings: Mapped[Json]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    state: Mapped[str] = mapped_column(server_default="running")
    max_calls: Mapped[int | None]
    max_tokens: Mapped[int | None]
    max_cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 6))
    calls: Mapped[int] = mapped_column(server_default="0")
    tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 6), server_default="0")
    seeds_total: Mapped[int] = mapped_column(server_default="0")
    seeds_scored: Mapped[int] = mapped_column(server_default="0")
    seeds_failed: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[str | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    resume_at: Mapped[datetime | None]


class RunItem(Base):
    """A seed revision in a run; `reason` says why it failed.

    `calibrates`: its answer is known and the reference is asked all the same, to learn how far
    the reference's votes can be trusted.

    `worth` is set on a pending seed that has its first answers and waits for its turn: by how much
    each further answer is expected to raise the probability of a right verdict.
    """

    __tablename__ = "run_item"
    __table_args__ = (
        CheckConstraint(f"state in {ITEM_STATES}", name="state"),
        Index("ix_run_item_pending", "run_id", postgresql_where=text("state = 'pending'")),
        Index("ix_run_item_waiting", "run_id", text("worth desc"), "revision_id",
              postgresql_where=text("state = 'pending' and worth is not null")),
        Index("ix_run_item_revision_id", "revision_id"),
        Index("ix_run_item_calibrates", "revision_id", postgresql_where=text("calibrates")),
    )  # fmt: skip

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"), primary_key=True)
    state: Mapped[str] = mapped_column(server_default="pending")
    calibrates: Mapped[bool] = mapped_column(server_default=text("false"))
    worth: Mapped[float | None]
    reason: Mapped[str | None]
    finished_at: Mapped[datetime | None]

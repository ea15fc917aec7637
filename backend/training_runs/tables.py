"""Training runs, what they say of themselves, and the checkpoints that came of them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

KINDS: Final = ("sft", "grpo")
WHERE: Final = ("local", "hosts", "slurm", "kubernetes")
STATES: Final = ("pending", "checking", "starting", "running", "finished", "failed", "cancelled")
METRIC_KINDS: Final = ("train", "validation", "summary")
CAUSES: Final = (
    "export", "preflight", "launch", "out_of_memory", "communication", "bad_row", "bad_data",
    "disk", "time_limit", "killed", "lost", "other",
)  # fmt: skip


class OfAttempt:
    """What is said of an attempt: of the last one at the run, of those before in their own rows.

    Attributes:
        cause, error, failure: why it failed; `failure` is what training or its log say of that.
        handle: how to find it again: process and its start, or the number of a Slurm job.
        resumed_from: the step of the checkpoint that it began from, 0 where there was none; None
            of a first attempt, and of one that has not begun.
    """

    cause: Mapped[str | None]
    error: Mapped[str | None]
    failure: Mapped[Json | None]
    handle: Mapped[Json | None]
    code_version: Mapped[str | None]
    resumed_from: Mapped[int | None]
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancel_asked_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


OF_ATTEMPT: Final = tuple(OfAttempt.__annotations__)


class TrainingRun(OfAttempt, Base):
    """A training of one recipe on one export.

    Attributes:
        recipe: as asked: `template`, `overrides`, and the `fields` that come of both.
        target: where it is to train.
        checks: what the preflight said; None before.
        note: what it waits for, or what whoever follows it should know.
        attempt: which one this is, from 1 on.
        folder: of its files, below `training` in the home folder.
        handle: how to find it again: process and its start, or the number of a Slurm job; and
            which devices of its host it has.
        metrics_read: bytes of its `metrics.jsonl` that are in the table.
        metric_count: lines that were read, each of which got the next position.
        parent_checkpoint_id: the checkpoint that it starts from, where it is one of ours.
    """

    __tablename__ = "training_run"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"cause in {CAUSES}", name="cause"),
        Index(None, "export_id"),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    kind: Mapped[str]
    export_id: Mapped[int] = mapped_column(ForeignKey("export.id"))
    parent_checkpoint_id: Mapped[int | None] = mapped_column(
        ForeignKey("checkpoint.id", use_alter=True)
    )
    recipe: Mapped[Json]
    target: Mapped[Json]
    state: Mapped[str] = mapped_column(server_default="pending")
    checks: Mapped[Json | None]
    attempt: Mapped[int] = mapped_column(server_default="1")
    note: Mapped[str | None]
    folder: Mapped[str]
    metrics_read: Mapped[int] = mapped_column(server_default="0")
    metric_count: Mapped[int] = mapped_column(server_default="0")
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]


class TrainingAttempt(OfAttempt, Base):
    """An attempt of a run that ended, and was gone on from by the next.

    Attributes:
        step: how far the run was at its end.
    """

    __tablename__ = "training_attempt"
    __table_args__ = (
        CheckConstraint("state in ('failed', 'cancelled')", name="state"),
        CheckConstraint(f"cause in {CAUSES}", name="cause"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("training_run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    step: Mapped[int]


class TrainingMetric(Base):
    """What a run logged at a step; a step that is logged again replaces what it said before.

    `position` counts the lines of the run: whoever has seen one reads on from there.
    """

    __tablename__ = "training_metric"
    __table_args__ = (
        CheckConstraint(f"kind in {METRIC_KINDS}", name="kind"),
        UniqueConstraint("run_id", "position"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("training_run.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    logged_at: Mapped[datetime | None]
    values: Mapped[Json]


class Checkpoint(Base):
    """Weights that a run wrote, with what made them.

    Attributes:
        is_final: the model at the end; else one that its run may remove when it has newer ones.
        path: of its folder, below the home folder.
        metrics: the last of each kind that were logged up to its step.
        recipe: as training says that it was followed.
        lineage: what training itself says of export, recipe and libraries (`seedbed.json`).
        files: name, bytes and hash of each file; of large ones the hash is over size and ends.
    """

    __tablename__ = "checkpoint"
    __table_args__ = (
        UniqueConstraint("run_id", "step", "is_final"),
        Index(None, "export_id"),
    )

    id: Mapped[Identifier]
    run_id: Mapped[int] = mapped_column(ForeignKey("training_run.id"))
    export_id: Mapped[int] = mapped_column(ForeignKey("export.id"))
    name: Mapped[str]
    step: Mapped[int]
    is_final: Mapped[bool]
    path: Mapped[str]
    metrics: Mapped[Json]
    recipe: Mapped[Json]
    code_version: Mapped[str | None]
    lineage: Mapped[Json | None]
    files: Mapped[list[Any]]
    created_at: Mapped[CreatedAt]

"""Units of work. The row is the truth; the broker only wakes workers up."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json
from backend.queue import QUEUE

STATES = ("queued", "running", "done", "failed", "cancelled")


class Job(Base):
    """A unit of work with a lease; `attempt` fences writers whose lease has passed to another.

    `holder` is "host/process": a worker of the same host frees the jobs of dead processes at once.
    `queue` is where its wake-ups go: to the workers that can do it.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        Index(
            "ix_job_open", "dispatched_at", postgresql_where=text("state in ('queued', 'running')")
        ),
        Index(None, "run_id"),
    )

    id: Mapped[Identifier]
    kind: Mapped[str]
    queue: Mapped[str] = mapped_column(server_default=QUEUE)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    payload: Mapped[Json]
    state: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    dispatched_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(server_default="0")
    total_count: Mapped[int | None]
    error: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class WorkerHeartbeat(Base):
    """When each worker process was last seen, and from which queues it takes jobs."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    queues: Mapped[list[Any]] = mapped_column(server_default=text(f"'[\"{QUEUE}\"]'"))
    seen_at: Mapped[CreatedAt]

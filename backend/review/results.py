"""What callers get back after deciding."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from backend.jobs.schemas import JobOut
from backend.review.schemas import DecisionOut
from backend.seeds.schemas import RowError, SeedDetail, SeedRow


class DecisionResult(BaseModel):
    """What became of one decision; `seed` is the seed as it stands after the whole request."""

    token: UUID | None
    status: Literal["stored", "repeated", "rejected"]
    decision_id: int | None = None
    seed: SeedRow | None = None
    error: RowError | None = None


class DecisionResults(BaseModel):
    """One result a decision, in the order in which they were sent."""

    results: list[DecisionResult]


class Undone(BaseModel):
    """The event that took a decision back, and the seed after it."""

    decision: DecisionOut
    seed: SeedRow


class BulkResult(BaseModel):
    """A bulk action: seeds that it changed (or would change), and those that it must leave alone.

    `left_out` counts seeds that hits keep from being accepted, those that several curators are
    deciding, those that can have no more tags and, of an undo, seeds decided on again since. With a
    `job_id` the work goes on: `count` is how many seeds it will look at, and
    `GET /v1/batches/{batch}` says what became of them.
    """

    count: int
    left_out: int
    batch: UUID
    job_id: int | None = None


class BatchOut(BaseModel):
    """A bulk action: `count` seeds decided, `left_out` left alone, `undone_count` taken back since.

    `filter` is null where the seeds were named. `changes` is what an edit changed of each seed.
    `undoes` is the batch that this one took back, `undone_by` the last that took back this one.
    `job` works it off, where it is large.
    """

    id: int
    batch: UUID
    user: str
    kind: str
    reason: str | None
    filter: dict[str, Any] | None
    changes: dict[str, Any] | None
    count: int
    left_out: int
    undone_count: int
    undoes: UUID | None
    undone_by: UUID | None
    job: JobOut | None
    created_at: datetime


class HistoryEntry(BaseModel):
    """A single decision or a bulk action as a whole: one of the two is given."""

    decision: DecisionOut | None = None
    batch: BatchOut | None = None


class QueueBatch(BaseModel):
    """Seeds leased to the caller; `left` counts all that match, about where not `left_exact`.

    It is null where it was not asked for.
    """

    items: list[SeedDetail]
    left: int | None
    left_exact: bool
    lease_seconds: int
    leased_until: datetime


class Held(BaseModel):
    """Which of the seeds the caller holds now, which another curator has, and who that is."""

    held: list[int]
    lost: list[int]
    holders: dict[int, str]
    leased_until: datetime


class Progress(BaseModel):
    """The caller's pace, and where the review stands: about, where the totals are not `exact`."""

    mine_today: int
    total_decided: int
    left: int
    exact: bool
    median_seconds: float | None

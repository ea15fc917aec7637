"""What callers get back after deciding."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

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

    `left_out` counts seeds that hits keep from being accepted and, of an undo, seeds decided on
    again since.
    """

    count: int
    left_out: int
    batch: UUID


class QueueBatch(BaseModel):
    """Seeds leased to the caller, the most worth attention first; `left` counts all that match."""

    items: list[SeedDetail]
    left: int
    lease_seconds: int


class Held(BaseModel):
    """Which of the seeds the caller holds now, and which another curator has."""

    held: list[int]
    lost: list[int]


class Progress(BaseModel):
    """The caller's pace, and where the review stands."""

    mine_today: int
    total_decided: int
    left: int
    median_seconds: float | None

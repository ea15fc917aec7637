"""Seeds that must not be used any more."""

from typing import TypedDict


class TakedownResult(TypedDict):
    """How many seeds were taken down, or lifted, or would be; others stand by other takedowns.

    `children` that models made from them may still be used.
    """

    batch: str
    count: int
    already: int
    children: int


class TakedownBatch(TypedDict):
    """Seeds that were taken down at once, and how many of them still are."""

    batch: str
    reason: str
    note: str
    user: str
    created_at: str
    seeds: int
    standing: int
    first_seed_id: int
    lifted_by: str | None
    lifted_at: str | None

"""What the overview says of the queue. Days are those of UTC."""

from datetime import date, datetime

from pydantic import BaseModel

from backend.overview.schemas import Counted


class AgeBand(BaseModel):
    """Pending seeds that came so many days ago; `to_days` is null for the oldest."""

    from_days: int
    to_days: int | None
    count: int


class WorkDay(BaseModel):
    """Seeds that came on a day, and the decisions of it that stand; `in_bulk` counts some twice."""

    day: date
    arrived: int
    accept: int
    reject: int
    needs_rewrite: int
    in_bulk: int


class Pace(BaseModel):
    """Decisions by hand and new seeds a day, over the last `days`.

    `days_to_empty` is null where it cannot be said, and `reason` says why.
    """

    days: float
    decided: float
    arrived: float
    days_to_empty: float | None
    reason: str | None


class QueueCounts(BaseModel):
    """What waits, and how fast it is decided."""

    pending: int
    oldest_pending_at: datetime | None
    by_age: list[AgeBand]
    days: list[WorkDay]
    pace: Pace
    needs_rewrite: int
    duplicate_groups: int


class LeaseCount(BaseModel):
    """Seeds on a curator's screen."""

    user: str
    seeds: int


class FailedJob(BaseModel):
    """A piece of work that ended in an error."""

    id: int
    kind: str
    error: str | None
    finished_at: datetime | None


class QueueHealth(Counted, QueueCounts):
    """The queue's health; leases, hits and failed jobs are of this moment.

    `failed_jobs` are the newest of those that failed in the last seven days, `failed` counts all.
    """

    leases: list[LeaseCount]
    hits: int
    seeds_with_hits: int
    failed: int
    failed_jobs: list[FailedJob]

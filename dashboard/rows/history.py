"""The history: single decisions, and bulk actions as a whole."""

from typing import Any, Literal, TypedDict

from dashboard.rows.seeds import Decision
from dashboard.rows.work import Job


class BulkResult(TypedDict):
    """What a bulk action or its undo did, or would do; with a `job_id` the work goes on."""

    count: int
    left_out: int
    batch: str
    job_id: int | None


class DecisionBatch(TypedDict):
    """A bulk action: seeds decided, left alone, and taken back since."""

    id: int
    batch: str
    user: str
    kind: str
    reason: str | None
    filter: dict[str, Any] | None
    changes: dict[str, Any] | None
    count: int
    left_out: int
    undone_count: int
    undoes: str | None
    undone_by: str | None
    job: Job | None
    created_at: str


class HistoryEntry(TypedDict):
    """One of the two."""

    decision: Decision | None
    batch: DecisionBatch | None


class HistoryFilter(TypedDict, total=False):
    """Which actions; `user` is a name, `since` a time with its zone."""

    user: str
    kind: str
    since: str
    only: Literal["single", "bulk"]

"""Views of the seeds, and edits of many seeds."""

from typing import Any, TypedDict

from dashboard.rows.seeds import SeedFilter, SeedRow


class StockView(TypedDict):
    """A view that everybody finds."""

    key: str
    title: str
    description: str
    filter: SeedFilter
    sort: str


class SavedView(TypedDict):
    """A user's view; `mine` says whether the caller may change it."""

    id: int
    name: str
    owner: str
    mine: bool
    filter: SeedFilter
    sort: str
    shared: bool
    created_at: str


class EditResult(TypedDict):
    """What became of one edited row."""

    id: int | None
    status: str
    decision_id: int | None
    seed: SeedRow | None
    error: dict[str, Any] | None

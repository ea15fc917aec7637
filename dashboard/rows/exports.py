"""Exports in the shapes of the API."""

from typing import Any, NotRequired, TypedDict

from dashboard.rows.seeds import SeedFilter


class Export(TypedDict):
    """Training files of accepted seeds, or of a mixture's version."""

    id: int
    name: str
    layout: str
    filter: SeedFilter
    settings: dict[str, Any]
    state: str
    row_count: int
    manifest: dict[str, Any] | None
    error: str | None
    created_at: str
    finished_at: str | None
    folder: NotRequired[str | None]
    version_id: NotRequired[int | None]
    mixture: NotRequired[str | None]
    version: NotRequired[int | None]
    format: NotRequired[str | None]
    destination: NotRequired[str | None]
    done_count: NotRequired[int | None]
    total_count: NotRequired[int | None]


class ExportFormat(TypedDict):
    """What a training library reads."""

    name: str
    title: str
    layout: str


class ExportShard(TypedDict):
    """A data file that is whole."""

    path: str
    split: str
    first_position: int
    end_position: int
    rows: int
    tokens: int
    bytes: int
    sha256: str


class ExportCensus(TypedDict):
    """How many accepted seeds an export takes, leaves out for hits, and takes unchecked."""

    rows: int
    without_reference: int
    with_standing_hits: int
    never_checked: int
    checked_before: int

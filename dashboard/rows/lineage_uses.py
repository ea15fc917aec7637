"""Where a row stands, and what a seed has gone into."""

from typing import TypedDict


class LineageQuality(TypedDict):
    """How the seed comes by its cluster, as things stand."""

    part: str | None
    domain: str | None
    tier: str
    by_hand: bool
    quality: float
    parts: dict[str, float]
    epochs: float | None


class VersionPlace(TypedDict):
    """Where a row stands in a version."""

    version_id: int
    mixture_id: int
    mixture: str
    number: int
    frozen_at: str
    frozen_by: str
    position: int
    split: str
    copy_number: int
    weight: float
    tokens: int
    quality: LineageQuality | None


class ExportPlace(TypedDict):
    """Where a row stands in an export."""

    export_id: int
    name: str
    layout: str
    file: str | None
    by: str
    finished_at: str | None
    folder: str | None
    position: int


class VersionUse(TypedDict):
    """A version that holds the seed."""

    version_id: int
    mixture_id: int
    mixture: str
    number: int
    frozen_at: str
    by: str
    rows: int
    positions: list[int]
    weight: float
    split: str
    look_again: bool


class ExportUse(TypedDict):
    """An export that wrote the seed."""

    export_id: int
    name: str
    version_id: int | None
    rows: int
    positions: list[int]
    by: str
    finished_at: str
    look_again: bool


class CheckpointUse(TypedDict):
    """A checkpoint of training on such an export."""

    training_run_id: int
    training_run: str
    state: str
    checkpoint: str | None
    step: int | None
    export_id: int
    at: str
    look_again: bool


class LineageWithdrawal(TypedDict):
    """Why the seed must not be used any more."""

    why: str
    reason: str | None
    since: str
    by: str | None


class LineageUses(TypedDict):
    """What the seed has gone into."""

    versions: list[VersionUse]
    exports: list[ExportUse]
    checkpoints: list[CheckpointUse]
    withdrawal: LineageWithdrawal | None
    look_again: bool
    unrecorded_exports: list[int]

"""Where a row stands, and what a seed has gone into."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class Quality(BaseModel):
    """How the seed comes by its cluster, as things stand now; a version keeps the weight alone.

    `epochs` are those of this cluster in the version's own figures; null where it has none, as when
    the seed was in another cluster then.
    """

    part: str | None
    domain: str | None
    tier: str
    by_hand: bool
    quality: float
    parts: dict[str, float]
    epochs: float | None


class VersionPlace(BaseModel):
    """Where a row stands in a frozen version; `weight` is the epochs of its cell."""

    version_id: int
    mixture_id: int
    mixture: str
    number: int
    rows_hash: str
    frozen_at: datetime
    frozen_by: str
    position: int
    split: str
    copy_number: int
    weight: float
    tokens: int
    quality: Quality | None


class ExportPlace(BaseModel):
    """Where a row stands in an export, from 0: in all its files, or in its version.

    Of an export of a version, `file` is the data file that holds the position, by its path in the
    folder.
    """

    export_id: int
    name: str
    layout: str
    file: str | None
    by: str
    created_at: datetime
    finished_at: datetime | None
    folder: str | None
    position: int


class VersionUse(BaseModel):
    """A frozen version that holds the seed; `positions` are the first of its rows there."""

    version_id: int
    mixture_id: int
    mixture: str
    number: int
    frozen_at: datetime
    by: str
    rows: int
    positions: list[int]
    weight: float
    split: str
    look_again: bool


class ExportUse(BaseModel):
    """An export that wrote the seed: of a filter, or of a version (`version_id`)."""

    export_id: int
    name: str
    layout: str
    version_id: int | None
    destination: str | None
    rows: int
    positions: list[int]
    by: str
    finished_at: datetime
    folder: str | None
    look_again: bool


class CheckpointUse(BaseModel):
    """A checkpoint of a training run on an export that holds the seed; null while it has none."""

    training_run_id: int
    training_run: str
    state: str
    checkpoint_id: int | None
    checkpoint: str | None
    step: int | None
    export_id: int
    at: datetime
    look_again: bool


class Withdrawal(BaseModel):
    """Why the seed must not be used any more."""

    why: Literal["taken_down", "taken_back"]
    reason: str | None
    since: datetime
    by: str | None


class Uses(BaseModel):
    """What a seed has gone into.

    `look_again` marks what holds a seed that must not be used any more. `unrecorded_exports` were
    written before exports kept their rows: whether they hold the seed, only their files tell.
    """

    versions: list[VersionUse]
    exports: list[ExportUse]
    checkpoints: list[CheckpointUse]
    withdrawal: Withdrawal | None
    look_again: bool
    unrecorded_exports: list[int]

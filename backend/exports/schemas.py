"""What callers send and see of exports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.exports.examples import FileKind, FormatName
from backend.science.trace_choice import ChoiceRule
from backend.seeds.filters import SeedFilter
from backend.traces.schemas import Number

Layout = Literal["sft", "rl"]
FormatLayout = Literal["sft", "rl", "any"]
FileFormat = Literal["jsonl", "parquet"]
# Postgres holds no NUL in text.
ExportName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class ExportCreate(BaseModel):
    """Which accepted seeds to write, and how.

    `without_response` says what becomes of a seed without a stored reference response in the
    reference class (SFT only): `skip` leaves it out and counts it, `answer` writes the bare boxed
    answer.

    With `traces` (SFT only) responses are chosen by that rule among the kept traces of each seed,
    only those that `trace_run_id` verified last or that were made under `guideline_id`, where these
    are named. A seed without any is left out and counted.
    """

    model_config = ConfigDict(extra="forbid")

    name: ExportName
    layout: Layout
    filter: SeedFilter = Field(default_factory=SeedFilter)
    formats: list[FileFormat] = Field(default=["jsonl", "parquet"], min_length=1)
    without_response: Literal["skip", "answer"] = "skip"
    traces: ChoiceRule | None = None
    trace_run_id: Number | None = None
    guideline_id: Number | None = None
    guideline_version: Number | None = None


class VersionExportCreate(BaseModel):
    """How to write a frozen version of a mixture.

    `destination` is where the files go instead of Seedbed's home folder: a URL of an object store
    whose scheme is allowed here. `shard_tokens` is about how many tokens a file holds.
    """

    model_config = ConfigDict(extra="forbid")

    name: ExportName
    format: FormatName
    kind: FileKind = "parquet"
    destination: str | None = Field(default=None, min_length=1, max_length=1000)
    shard_tokens: int = Field(default=50_000_000, ge=1000, le=10**12)


class StandingHit(BaseModel):
    """A seed of a version with a benchmark hit, at its first position; `item` names the item."""

    seed_id: int
    position: int
    item: str


class VersionStanding(BaseModel):
    """What stands against using a frozen version now.

    `withdrawn` seeds were taken down or taken back since; `hit_rows` and `hit_seeds` count what has
    an open or confirmed benchmark hit. The first thousand seeds of both are listed.
    """

    version_id: int
    rows_hash: str
    withdrawn: int
    withdrawn_seeds: list[int]
    hit_rows: int
    hit_seeds: int
    hits: list[StandingHit]


class FormatOut(BaseModel):
    """A format of exports of versions."""

    name: FormatName
    title: str
    layout: FormatLayout


class ShardOut(BaseModel):
    """A data file that is whole: rows of a split, from a position up to, not including, `end`."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    split: str
    first_position: int
    end_position: int
    rows: int
    tokens: int
    bytes: int
    sha256: str


class ExportOut(BaseModel):
    """An export, of a filter or of a mixture's version; the manifest is there when it is whole.

    `mixture` and `version` say which version `version_id` is.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    layout: FormatLayout
    filter: dict[str, Any]
    settings: dict[str, Any]
    version_id: int | None = None
    mixture: str | None = None
    version: int | None = None
    format: str | None = None
    kind: str | None = None
    destination: str | None = None
    state: str
    folder: str | None
    row_count: int
    manifest: dict[str, Any] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    job_id: int | None = None
    done_count: int | None = None
    total_count: int | None = None

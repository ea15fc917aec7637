"""What callers send and see of exports."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.science.trace_choice import ChoiceRule
from backend.seeds.filters import SeedFilter
from backend.traces.schemas import Number

Layout = Literal["sft", "rl"]
FileFormat = Literal["jsonl", "parquet"]


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

    name: str = Field(min_length=1, max_length=100)
    layout: Layout
    filter: SeedFilter = Field(default_factory=SeedFilter)
    formats: list[FileFormat] = Field(default=["jsonl", "parquet"], min_length=1)
    without_response: Literal["skip", "answer"] = "skip"
    traces: ChoiceRule | None = None
    trace_run_id: Number | None = None
    guideline_id: Number | None = None
    guideline_version: Number | None = None


class ExportOut(BaseModel):
    """An export; the manifest is there when its files are whole."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    layout: Layout
    filter: dict[str, Any]
    settings: dict[str, Any]
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

"""What callers send and see of benchmarks and hits."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

HitState = Literal["open", "confirmed", "dismissed"]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class HitOut(BaseModel):
    """Evidence that a seed revision stands in a benchmark.

    `spans` are aligned [seed_start, seed_end, item_start, item_end] in characters of the two texts.
    """

    id: int
    benchmark: str
    version: str
    split: str
    item_id: str
    item_text: str
    method: str
    coverage_item: float
    coverage_seed: float
    longest_words: int
    spans: list[tuple[int, int, int, int]]
    state: HitState
    created_at: datetime


class SeedHit(HitOut):
    """A hit in a list over all seeds."""

    seed_id: int
    revision_id: int


class BenchmarkOut(BaseModel):
    """An evaluation set in one version and split."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: str
    split: str
    licence: str | None
    item_count: int
    created_at: datetime


class LoadOptions(BaseModel):
    """How to read a file: `benchmark_field` where each row names its benchmark, else `name`."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    version: Name = "1"
    split: Name = "test"
    licence: Name | None = None
    id_field: Name = "id"
    text_field: Name = "text"
    benchmark_field: Name | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.name is None) == (self.benchmark_field is None):
            raise ValueError("send either name or benchmark_field")
        return self


class RejectedRow(BaseModel):
    """What is wrong with one row of a file; rows are counted from 1, a CSV header not counted."""

    row: int
    field: str | None
    code: str
    message: str


class LoadResult(BaseModel):
    """What a file brought; of the rejected rows the first 1,000 are listed."""

    benchmarks: list[BenchmarkOut]
    created: int
    updated: int
    unchanged: int
    rejected_count: int
    rejected: list[RejectedRow]
    job_id: int | None

"""What callers send and see of benchmarks and hits."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.database import Json
from backend.decontamination.named import BY_NAME, NONE
from backend.jobs.schemas import JobOut
from backend.science.contamination import Action, Method, Verdict

HitState = Literal["open", "confirmed", "dismissed"]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


def _known(name: str) -> str:
    if name != NONE and name not in BY_NAME:
        raise ValueError(f"must be {NONE} or one of {', '.join(BY_NAME)}")
    return name


StandsFor = Annotated[str, AfterValidator(_known)]


class HitOut(BaseModel):
    """Evidence that a seed revision stands in a benchmark, and what it stops (`action`).

    `spans` are aligned [seed_start, seed_end, item_start, item_end] in characters of the two texts,
    `seed_numbers` and `item_numbers` [start, end] of numbers that the other text lacks. All three
    are empty where the item was reworded since (`item_changed`). Of an item of a gated benchmark
    all but the spans is `masked`: its text has its length, but says no more. `inherited_from` is
    the hit on the same two texts whose state this one follows; `settled_earlier` what a curator
    said of the item and an earlier wording of the seed.

    `evidence` is what models said: `embedding` with the `similarity` (cosine), the `model` and the
    name of the `endpoint`; `judge` with the `verdict` (same, changed, related, different or
    unknown), the `model`, the `endpoint`, the hash of the `question`, and a `reason`, which is not
    shown of gated items unless the verdict is unknown.
    """

    id: int
    benchmark: str
    version: str
    split: str
    item_id: str
    item_text: str
    masked: bool
    item_changed: bool
    verdict: Verdict
    method: Method
    action: Action
    score: float
    coverage_item: float
    coverage_seed: float
    longest_words: int
    spans: list[tuple[int, int, int, int]]
    seed_numbers: list[tuple[int, int]]
    item_numbers: list[tuple[int, int]]
    evidence: Json | None
    policy: str
    policy_id: int
    index_id: int
    state: HitState
    inherited_from: int | None
    settled_earlier: HitState | None
    created_at: datetime


class SeedHit(HitOut):
    """A hit in a list over all seeds."""

    seed_id: int
    revision_id: int


class HitFilter(BaseModel):
    """Which hits; every field that is given must hold. `source` is the seed's."""

    model_config = ConfigDict(extra="forbid")

    state: HitState | None = None
    verdict: Verdict | None = None
    action: Action | None = None
    method: Method | None = None
    benchmark: Name | None = None
    source: Name | None = None


class HitListQuery(HitFilter):
    """A filter and a page of it."""

    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class HitCounts(BaseModel):
    """How many hits there are under a filter, by verdict and then by state."""

    counts: dict[Verdict, dict[HitState, int]]


class CheckState(BaseModel):
    """How many living seeds there are, and those not yet checked against today's benchmarks.

    `job` is the check that is under way, if any.
    """

    benchmarks: int
    items: int
    seeds: int
    due: int
    job: JobOut | None


class RuleReport(BaseModel):
    """How often curators said that a rule was right.

    `precision` is confirmed / (confirmed + dismissed), null where neither was said; `precision_low`
    and `precision_high` are its 95% Wilson interval. A word that several hits share counts once.
    """

    method: Method
    verdict: Verdict
    benchmark: str
    policy: str
    policy_id: int
    hits: int
    open: int
    confirmed: int
    dismissed: int
    precision: float | None
    precision_low: float
    precision_high: float


class BenchmarkOut(BaseModel):
    """An evaluation set in one version and split."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: str
    split: str
    licence: str | None
    gated: bool
    stands_for: str | None
    item_count: int
    created_at: datetime
    changed_at: datetime


class BenchmarkChange(BaseModel):
    """What a curator corrects; `stands_for` null lets the benchmark's own name decide again."""

    model_config = ConfigDict(extra="forbid")

    licence: Name | None = None
    gated: bool = False
    stands_for: StandsFor | None = None


class LoadedPart(BaseModel):
    """A loaded benchmark that stands for a named one, wholly or in part."""

    id: int
    name: str
    version: str
    split: str
    items: int


class NamedOut(BaseModel):
    """A benchmark that reports name, and how much of it is loaded.

    `items` is how many it has, where that is known; `how` the command that loads it, `note` what
    else one has to know.
    """

    name: str
    status: Literal["loaded", "partly", "missing"]
    items: int | None
    items_loaded: int
    loaded: list[LoadedPart]
    licence: str | None
    released: str | None
    gated: bool
    public: bool
    home: str | None
    how: str | None
    note: str | None


class LoadOptions(BaseModel):
    """How to read a file: `benchmark_field` where each row names its benchmark, else `name`.

    An item's text is put together from all of `text_field`. Rows without `id` are numbered, unless
    `id_field` is given. `version`, `split` and `licence` are a data set's own where it has them,
    else "1", "test" and none; `config` chooses one of its configurations. `gated` is by default
    what the named benchmark is that the loaded one stands for.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    version: Name | None = None
    split: Name | None = None
    config: Name | None = None
    licence: Name | None = None
    gated: bool | None = None
    stands_for: StandsFor | None = None
    id_field: Name | None = None
    text_field: Annotated[list[Name], Field(min_length=1, max_length=20)] = ["text"]
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

"""What callers send and see of seeds."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.database import Json
from backend.decontamination.schemas import HitOut
from backend.review.schemas import DecisionOut
from backend.scoring.schemas import ScoringEvidence
from backend.seeds.filters import FilterText, SeedFilter

PROMPT_START = 300  # characters of a prompt that a list shows

Sort = Literal["attention", "score", "newest"]
Label = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class SeedListQuery(SeedFilter):
    """A filter, an order and a page of it."""

    sort: Sort = "newest"
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class SeedRow(BaseModel):
    """A seed in a list; `prompt` is its first 300 characters there."""

    id: int
    revision_id: int
    source: str
    external_id: str | None
    domain: str | None
    licence: str | None
    status: str
    flagged: bool
    verdict: str | None
    score: float | None
    agreement: float | None
    reliability: float | None
    steps: int | None
    open_hits: int
    prompt: str
    answer: str | None
    created_at: datetime


class Facets(BaseModel):
    """How many of the seeds under a filter have each value; the most frequent 100 of each field."""

    total: int
    status: dict[str, int]
    verdict: dict[str, int]
    domain: dict[str, int]
    source: dict[str, int]


class RevisionOut(BaseModel):
    """One wording of a seed."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: int
    prompt: str
    answer: str | None
    origin: str
    created_at: datetime


class Evidence(ScoringEvidence):
    """All that was measured on a seed's current wording."""

    hits: list[HitOut]


class SeedDetail(SeedRow):
    """A seed with its full prompt and everything known about it."""

    metadata: Json
    withdrawn_at: datetime | None
    revisions: list[RevisionOut]
    evidence: Evidence
    history: list[DecisionOut]


class SeedUpdate(BaseModel):
    """What may change; absent fields stay, null empties a field that may be empty."""

    model_config = ConfigDict(extra="forbid")

    prompt: str | None = None
    answer: str | None = None
    domain: FilterText | None = None
    licence: FilterText | None = None


class SourceOut(BaseModel):
    """Where seeds come from."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    created_at: datetime


class ImportOptions(BaseModel):
    """How to import.

    `on_error`: keep the good rows, or write nothing if one is bad. `mode`: update seeds that are
    there (upsert), reject their rows (insert), or leave them (skip_existing). `dry_run` writes
    nothing and answers what would happen. `results` says which rows the answer lists.
    """

    model_config = ConfigDict(extra="forbid")

    on_error: Literal["continue", "abort"] = "continue"
    mode: Literal["upsert", "insert", "skip_existing"] = "upsert"
    dry_run: bool = False
    label: Label = ""
    results: Literal["all", "rejected", "none"] = "all"


class RowError(BaseModel):
    """Why a row was rejected."""

    code: str
    field: str | None
    message: str


class RowResult(BaseModel):
    """What became of one row of an import; rows are counted from 0, blank lines left out."""

    index: int
    external_id: str | None
    status: Literal["created", "updated", "unchanged", "duplicate", "rejected"]
    id: int | None
    error: RowError | None


class ImportResult(BaseModel):
    """What an import brought.

    A replayed answer (same `Idempotency-Key`) lists what was stored of the results: all of them up
    to 10,000 rows, else the first 10,000 rejected ones; `results_left_out` counts the rest.
    """

    import_id: int | None
    created: int
    updated: int
    unchanged: int
    duplicate: int
    rejected: int
    replayed: bool
    results_left_out: int
    results: list[RowResult]


class ImportOut(BaseModel):
    """One request or file that brought seeds."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    label: str
    created_by: int
    created_count: int
    updated_count: int
    unchanged_count: int
    duplicate_count: int
    rejected_count: int
    created_at: datetime
    undone_at: datetime | None


class UndoResult(BaseModel):
    """What taking an import back did: seeds withdrawn, seeds returned to their earlier state,
    and seeds left alone because they were decided on, changed again, or their earlier prompt is
    another seed's by now.
    """

    withdrawn: int
    returned: int
    kept_decided: int
    kept_changed: int
    kept_taken: int

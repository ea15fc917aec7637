"""What callers send and see of seeds."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SkipValidation,
    StringConstraints,
)

from backend.database import Json
from backend.decontamination.schemas import HitOut
from backend.duplicates.seed_groups import SeedGroup
from backend.proposals.schemas import ChildSeed, SyntheticOrigin
from backend.review.schemas import DecisionOut
from backend.scoring.schemas import ScoringEvidence
from backend.seeds.filters import FilterText, Number, SeedFilter
from backend.seeds.orders import Sort

PROMPT_START = 300  # characters of a prompt that a list shows

MOST_EDITED: Final = 200
MOST_TAGS: Final = 50
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$"),
]
Tags = Annotated[
    list[Tag], Field(max_length=MOST_TAGS), AfterValidator(lambda tags: sorted(set(tags)))
]
Label = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class SeedListQuery(SeedFilter):
    """A filter, an order and a page of it."""

    sort: Sort = "newest"
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class SeedRow(BaseModel):
    """A seed in a list; `prompt` is its first 300 characters there.

    `answer_origin` is `proposed` where a model proposed the answer and no curator has checked it.
    """

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
    margin: float | None
    tie: bool | None
    interval_width: float | None
    judge_gap: float | None
    key_conflict: bool | None
    open_hits: int
    tags: list[str]
    prompt: str
    answer: str | None
    answer_origin: str
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
    """A seed with its full prompt and everything known about it.

    `reviewed_by` names whoever has it on the screen; `duplicates` are the groups that it is in.
    `synthetic` says what a model has made it from, `children` are the first 100 seeds that models
    have made from it.
    """

    reviewed_by: str | None
    synthetic: SyntheticOrigin | None
    children: list[ChildSeed]
    duplicates: list[SeedGroup]
    metadata: Json
    withdrawn_at: datetime | None
    revisions: list[RevisionOut]
    evidence: Evidence
    history: list[DecisionOut]


class SeedUpdate(BaseModel):
    """What may change; absent fields stay, null empties a field that may be empty.

    `answer_checked`: the curator says that an answer which a model proposed is right.
    """

    model_config = ConfigDict(extra="forbid")

    prompt: str | None = None
    answer: str | None = None
    domain: FilterText | None = None
    licence: FilterText | None = None
    tags: Tags = []
    answer_checked: Literal[True] = True


class Seen(BaseModel):
    """What the caller saw of a seed before it was edited; absent fields are not compared."""

    model_config = ConfigDict(extra="forbid")

    domain: str | None = None
    licence: str | None = None
    tags: list[str] = []


class SeedEdit(SeedUpdate):
    """A row of many edits.

    With `revision_id` it holds only for the wording that was seen, with `seen` only while these
    fields say what they said.
    """

    id: Number
    revision_id: Number | None = None
    seen: Seen | None = None


class SeedEdits(BaseModel):
    """Edits, each with its own result; one that is refused spoils no other."""

    model_config = ConfigDict(extra="forbid")

    # Validated one by one by the service, so that a wrong row does not refuse the others.
    seeds: Annotated[list[SkipValidation[SeedEdit]], Field(min_length=1, max_length=MOST_EDITED)]


class SourceOut(BaseModel):
    """Where seeds come from; what is `synthetic` was made by models from other seeds."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    synthetic: bool
    created_at: datetime


class ImportOptions(BaseModel):
    """How to import.

    `on_error`: keep the good rows, or write nothing if one is bad. `mode`: update seeds that are
    there (upsert), reject their rows (insert), or leave them (skip_existing). `dry_run` writes
    nothing and answers what would happen. `results` says which rows the answer lists. `recipe`
    names the public set whose rows these are, as they stand there.
    """

    model_config = ConfigDict(extra="forbid")

    on_error: Literal["continue", "abort"] = "continue"
    mode: Literal["upsert", "insert", "skip_existing"] = "upsert"
    dry_run: bool = False
    label: Label = ""
    results: Literal["all", "rejected", "none"] = "all"
    recipe: str | None = None


class RecipeOut(BaseModel):
    """How a public set of problems comes in: where in its rows the fields of a seed stand.

    `columns` are those that are read; others need not be sent.
    """

    name: str
    title: str
    licence: str
    fields: dict[str, str]
    metadata: dict[str, str]
    left_out: str
    columns: list[str]


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


class EditResult(BaseModel):
    """What became of one edited row; `decision_id` is its event, by which it can be taken back."""

    id: int | None
    status: Literal["saved", "unchanged", "refused"]
    decision_id: int | None = None
    seed: SeedRow | None = None
    error: RowError | None = None


class EditResults(BaseModel):
    """One result a row, in the order in which they were sent."""

    results: list[EditResult]


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

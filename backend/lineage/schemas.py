"""What callers see of where a seed or a row comes from."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.judging.schemas import RatingOut
from backend.lineage.money_schemas import Money, RowShare, Stage
from backend.lineage.use_schemas import ExportPlace, Uses, VersionPlace
from backend.review.schemas import DecisionOut
from backend.scoring.schemas import JudgmentOut, TeachabilityOut
from backend.takedowns.schemas import TakedownOut

Number = Annotated[int, Field(ge=1, lt=2**63)]
Position = Annotated[int, Field(ge=0, lt=2**63)]


class LineageQuery(BaseModel):
    """What lineage is asked of: a row by its place, a row by what it carries, or a seed alone.

    A place is a `position` (from 0) in a version or in an export. What a row carries, its
    `seed_id`, `revision_id` and `sample_id`, may be given beside the place: it must then be what
    stands there.
    """

    model_config = ConfigDict(extra="forbid")

    seed_id: Number | None = None
    revision_id: Number | None = None
    sample_id: Number | None = None
    version_id: Number | None = None
    export_id: Number | None = None
    position: Position | None = None

    @property
    def is_seed(self) -> bool:
        """Whether nothing but a seed is named."""
        return self.model_dump(exclude_none=True).keys() == {"seed_id"}


class ImportStep(BaseModel):
    """An import that brought the seed, gave it a wording, or changed something else of it."""

    import_id: int
    label: str
    recipe: str | None
    what: Literal["brought", "reworded", "changed"]
    by: str
    at: datetime
    undone_at: datetime | None


class Wording(BaseModel):
    """A revision of the seed; one whose origin is `rewrite` may wait for its approval."""

    id: int
    number: int
    prompt: str
    answer: str | None
    origin: str
    by: str | None
    import_id: int | None
    created_at: datetime


class SampleOut(BaseModel):
    """A paid response about the seed; `trace` says what it is as a trace, where it is one.

    `settings` are those that it was made with, as far as they can still be told: those of its run,
    or of the endpoint where they are the same by their hash.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    revision_id: int
    endpoint_id: int
    endpoint: str
    model: str
    role: str
    stage: Stage
    run_id: int | None
    run: str | None
    sample_index: int
    template_hash: str
    settings_hash: str
    settings: dict[str, Any] | None = None
    max_tokens: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int | None
    finish_reason: str | None
    answer: str | None
    cost: float
    created_at: datetime
    trace: str | None


class TraceJudge(BaseModel):
    """What one judge said of a trace."""

    model_config = ConfigDict(extra="ignore")

    judge: str
    score: float | None
    follows: str | None = None
    reveals: str | None = None


class TraceProof(BaseModel):
    """What a trace was verified against, and what came of it; `word` is a curator's.

    Of a guideline that it was made under, its name and version: the text is not told here.
    """

    sample_id: int
    run_id: int
    run: str
    state: str
    reason: str | None
    found: str | None
    key_origin: str
    answer_key: str | None
    reference_answer: str
    reference_key: str
    judge_score: float | None
    judgments: list[TraceJudge]
    word: str | None
    word_reason: str | None
    thinking_tokens: int
    answer_tokens: int
    counted_by: str
    guideline_id: int | None
    guideline: str | None
    guideline_version: int | None
    verified_at: datetime


class VerdictOut(TeachabilityOut):
    """The verdict of one policy on the wording, by the run that computed it last."""

    id: int
    run_id: int | None


class JudgeOut(JudgmentOut):
    """A judge's rating of the wording, by the sample that holds the reply."""

    sample_id: int


class RewriteStep(BaseModel):
    """A proposed wording; `sample_id` is the model's paid reply, where a model wrote it."""

    id: int
    kind: str
    state: str
    why: str
    base_revision_id: int
    revision_id: int
    by: str
    by_model: bool
    sample_id: int | None
    run_id: int | None
    approvals: list[str]
    decided_by: str | None
    decided_at: datetime | None
    decision_id: int | None
    created_at: datetime


class Ancestor(BaseModel):
    """A seed that this one was made from, directly or over others: the nearest first.

    `child_id` is the seed that was made of it, by a model whose paid reply is `sample_id`.
    """

    child_id: int
    seed_id: int
    revision_id: int
    kind: str
    why: str
    endpoint_id: int
    endpoint: str
    model: str
    template_hash: str
    sample_id: int
    run_id: int | None
    cost: float
    made_at: datetime
    source: str
    licence: str | None
    status: str
    must_not_be_used: bool


class HitStep(BaseModel):
    """What was found of the wording in a benchmark; the words on it are among the decisions."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    benchmark: str
    version: str
    split: str
    item_id: str
    verdict: str
    method: str
    action: str
    score: float
    coverage_item: float
    longest_words: int
    state: str
    policy: str
    index_id: int
    created_at: datetime


class Checked(BaseModel):
    """What the wording was checked against: an index of benchmark items under a policy."""

    index_id: int
    policy: str
    index_made_at: datetime


class SourceOut(BaseModel):
    """Where the seed is from, and under which licence."""

    name: str
    synthetic: bool
    external_id: str | None
    licence: str | None
    domain: str | None
    metadata: dict[str, Any]


class SeedLineage(BaseModel):
    """All that a seed in one wording comes from, and what it has gone into.

    `decisions` are those that the viewer may see, the oldest first. `samples` are the paid
    responses about any of its wordings, at most `most_samples`, those of this wording first; the
    money is of all of them.
    """

    seed_id: int
    status: str
    tags: list[str]
    withdrawn_at: datetime | None
    must_not_be_used: bool
    source: SourceOut
    imports: list[ImportStep]
    wording: Wording
    is_current: bool
    wordings: list[Wording]
    ancestors: list[Ancestor]
    rewrites: list[RewriteStep]
    samples: list[SampleOut]
    most_samples: int
    verdicts: list[VerdictOut]
    judgments: list[JudgeOut]
    ratings: list[RatingOut]
    checked: Checked | None
    hits: list[HitStep]
    decisions: list[DecisionOut]
    takedowns: list[TakedownOut]
    money: Money
    uses: Uses
    seedbed: str


class RowLineage(SeedLineage):
    """The same of a row: with its place, its response, and its share of the money.

    `as_of` is when the version was frozen or the export written: what came later was not known.
    """

    version: VersionPlace | None
    export: ExportPlace | None
    as_of: datetime | None
    response: SampleOut | None
    trace: TraceProof | None
    share: RowShare | None

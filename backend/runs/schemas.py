"""What callers send and see of runs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from backend.database import Json
from backend.domains.settings import DomainSettings
from backend.endpoints.schemas import KnownTemplate
from backend.science.augmentation_templates import Kind as AugmentationKind
from backend.science.rewrite_templates import Kind as RewriteKind
from backend.science.sampling_rules import Stopping
from backend.scoring.line_up import LineUpEntry
from backend.seeds.filters import SeedFilter

Samples = Annotated[int, Field(ge=1, le=256)]
Budget = Annotated[int, Field(ge=1, lt=2**62)]
Money = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=6)]
CallPrice = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
# Strict, so that true is no 1 and 1 no true.
Rule = StrictBool | StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)] | None
RunKind = Literal["scoring", "traces", "rewrites", "augmentation", "domains"]


class Budgets(BaseModel):
    """What a run may use; an absent budget is no limit."""

    model_config = ConfigDict(extra="forbid")

    max_calls: Budget | None = None
    max_tokens: Budget | None = None
    max_cost: Money | None = None


class LineUpCreate(Budgets):
    """Who answers in a scoring run, how often, and under which policy."""

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    reference_endpoint_id: Number | None = None
    weak_endpoint_ids: list[Number] = Field(min_length=1, max_length=8)
    second_reference_endpoint_id: Number | None = None
    judge_endpoint_ids: list[Number] = Field(default=[], max_length=8)
    rubric_version: str | None = None
    stopping: Stopping = "adaptive"
    call_price: CallPrice = 0.002
    reference_samples: Samples = 8
    second_reference_samples: Samples = 2
    weak_samples: Samples = 32
    parallel_jobs: int = Field(default=1, ge=1, le=64)
    policy_id: Number | None = None


class RunCreate(LineUpCreate):
    """A scoring run over the seeds that match now.

    The first weak endpoint is the model to be taught; the second reference, a model of another
    family, is asked where the key is doubtful. The numbers of samples are the most that a seed
    gets: `adaptive` stops once a weak answer is expected to raise the probability of a right
    verdict by less than `call_price`, `adaptive_consistency` and `early_stopping` once each vote is
    settled, `fixed` asks for all. `check_given_answers` asks the reference for every seed whose
    answer is known, else up to `calibration_seeds` of them are asked. Judges rate by
    `rubric_version`, or the newest.
    """

    filter: SeedFilter = SeedFilter()
    check_given_answers: bool = False
    calibration_seeds: int = Field(default=30, ge=0, le=10_000)


class TraceRunCreate(Budgets):
    """A run that asks a teacher for `samples` traces of each seed that matches now.

    Each trace is held against the seed's tests, its given answer, or the votes of its newest
    verdict where they are right with the probability that the default policy asks for; a seed
    without such a key fails, and no call is made. `template` is that of the teacher where none is
    named. `rules` replaces defaults of the rules by which traces are rejected.

    Judges rate what no rule rejects. With `guideline_id` the teacher is shown that guideline, its
    newest version unless another is named. Traces are then held against no answer: each is kept
    where every judge says that it follows the guideline and gives nothing of it away.

    `tokenizer`, a path on the servers to a `tokenizer.json` or its folder, counts tokens as the
    model to be trained does; else the teacher's server does.
    """

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    filter: SeedFilter = SeedFilter()
    teacher_endpoint_id: Number
    samples: int = Field(default=4, ge=1, le=64)
    template: KnownTemplate | None = None
    rules: dict[str, Rule] = Field(default={}, max_length=50)
    guideline_id: Number | None = None
    guideline_version: Number | None = None
    judge_endpoint_ids: list[Number] = Field(default=[], max_length=4)
    tokenizer: str | None = Field(
        default=None, min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]*$"
    )
    parallel_jobs: int = Field(default=1, ge=1, le=64)


class SamplingSettings(BaseModel):
    """When a run of any kind has asked enough; one that does not say asks for everything.

    `rewrites`: a scoring run over wordings that wait for approval. Their keys are the reference's
    votes: the answer that somebody proposed is what is to be found out, and no gold.
    """

    stopping: Stopping = "fixed"
    call_price: float = 0.002
    rewrites: bool = False


class RunSettings(SamplingSettings):
    """What is stored of how a scoring run works; the line-up is frozen when it is made."""

    line_up: list[LineUpEntry]
    reference_samples: int
    second_reference_samples: int = 2
    weak_samples: int
    check_given_answers: bool = False
    calibration_seeds: int = 0
    parallel_jobs: int


class GuidelineUse(BaseModel):
    """Which version of a guideline the teacher of a run is shown; its text is not here."""

    guideline_id: int
    name: str
    number: int
    version_id: int


class TraceSettings(BaseModel):
    """What is stored of how a run for traces works; the teacher is the first of its line-up."""

    line_up: list[LineUpEntry] = Field(min_length=1, max_length=5)
    samples: int
    rules: dict[str, Rule]
    guideline: GuidelineUse | None = None
    tokenizer: str | None = None
    parallel_jobs: int


class ProposalSettings(BaseModel):
    """What is stored of how a run for proposals works; its line-up is one model."""

    line_up: list[LineUpEntry] = Field(min_length=1, max_length=1)
    candidates: int
    note: str | None
    parallel_jobs: int


class RewriteSettings(ProposalSettings):
    """That of a run for rewrites of one kind."""

    template: RewriteKind


class AugmentationSettings(ProposalSettings):
    """That of a run for new seeds of one kind, which come in by this import."""

    template: AugmentationKind
    import_id: int


class Failure(BaseModel):
    """Why seeds failed."""

    reason: str
    count: int


class Rate(BaseModel):
    """How fast answers come in now."""

    calls_per_minute: float


class BatchOut(BaseModel):
    """A file of calls at a provider: `samples` that it will bring, and how many came or failed.

    `state` is preparing, sent, collected, failed or cancelled.
    """

    id: int
    endpoint: str
    provider_id: str | None
    state: str
    samples: int
    answered: int
    failed: int
    note: str | None
    created_at: datetime
    finished_at: datetime | None


class RunOut(BaseModel):
    """A run, its progress and what it has used; `seeds_scored` counts those that are done."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: RunKind
    state: str
    filter: Json
    settings: RunSettings | TraceSettings | RewriteSettings | AugmentationSettings | DomainSettings
    policy: str
    calls: int
    tokens: int
    cost: float
    max_calls: int | None
    max_tokens: int | None
    max_cost: float | None
    seeds_total: int
    seeds_scored: int
    seeds_failed: int
    seeds_waiting: int
    verdicts: dict[str, int]
    created_at: datetime
    finished_at: datetime | None
    rate: Rate
    failures: list[Failure]
    batches: list[BatchOut]
    eta_seconds: float | None
    note: str | None
    resume_at: datetime | None


class RunEndpointSpend(BaseModel):
    """What a run has used of one endpoint.

    `cut_off` answers reached the token limit, `failed` calls brought nothing in all attempts.
    `reasoning_tokens` are part of `completion_tokens`.
    """

    endpoint_id: int
    endpoint: str
    role: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float
    max_tokens: int
    cut_off: int
    cut_off_share: float | None
    failed: int
    hint: str | None


class RunItemOut(BaseModel):
    """A seed in a run."""

    model_config = ConfigDict(from_attributes=True)

    revision_id: int
    seed_id: int
    state: str
    reason: str | None
    finished_at: datetime | None


class EndpointForecast(BaseModel):
    """What a run would need of one endpoint: calls to be made beyond what is stored."""

    endpoint_id: int
    endpoint: str
    role: str
    calls: int
    calls_low: int
    calls_high: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float
    estimated_cost_high: float


class RunForecast(BaseModel):
    """What a run would need: `calls` are those still to be made beyond what is stored.

    Where a rule says when to stop, `calls` is what is to be expected from earlier runs of the same
    kind, and the true number lies between `calls_low` and `calls_high`. Tokens and cost are those
    of the expected calls; `notes` say what else to know, as that a day's limit is exceeded.
    """

    seeds: int
    calls: int
    calls_low: int
    calls_high: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float
    estimated_cost_high: float
    endpoints: list[EndpointForecast]
    notes: list[str]

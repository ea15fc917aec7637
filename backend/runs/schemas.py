"""What callers send and see of runs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.database import Json
from backend.scoring.line_up import LineUpEntry
from backend.seeds.filters import SeedFilter

Samples = Annotated[int, Field(ge=1, le=256)]
Budget = Annotated[int, Field(ge=1, lt=2**62)]
Money = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=6)]
Number = Annotated[int, Field(ge=1, lt=2**63)]


class Budgets(BaseModel):
    """What a run may use; an absent budget is no limit."""

    model_config = ConfigDict(extra="forbid")

    max_calls: Budget | None = None
    max_tokens: Budget | None = None
    max_cost: Money | None = None


class RunCreate(Budgets):
    """A scoring run over the seeds that match now.

    The first weak endpoint is the model to be taught. `check_given_answers` asks the reference for
    every seed whose answer is known, else up to `calibration_seeds` of them are asked.
    """

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    filter: SeedFilter = SeedFilter()
    reference_endpoint_id: Number | None = None
    weak_endpoint_ids: list[Number] = Field(min_length=1, max_length=8)
    judge_endpoint_id: Number | None = None
    reference_samples: Samples = 8
    weak_samples: Samples = 8
    check_given_answers: bool = False
    calibration_seeds: int = Field(default=30, ge=0, le=10_000)
    parallel_jobs: int = Field(default=1, ge=1, le=64)
    policy_id: Number | None = None


class RunSettings(BaseModel):
    """What is stored of how a run works; the line-up is frozen when it is made."""

    line_up: list[LineUpEntry]
    reference_samples: int
    weak_samples: int
    check_given_answers: bool
    calibration_seeds: int
    parallel_jobs: int


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
    """A run, its progress and what it has used."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    state: str
    filter: Json
    settings: RunSettings
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
    verdicts: dict[str, int]
    created_at: datetime
    finished_at: datetime | None
    rate: Rate
    failures: list[Failure]
    batches: list[BatchOut]
    eta_seconds: float | None
    note: str | None


class RunItemOut(BaseModel):
    """A seed in a run."""

    model_config = ConfigDict(from_attributes=True)

    revision_id: int
    seed_id: int
    state: str
    reason: str | None
    finished_at: datetime | None


class RunForecast(BaseModel):
    """What a run would need: `calls` are those still to be made beyond what is stored."""

    seeds: int
    calls: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float

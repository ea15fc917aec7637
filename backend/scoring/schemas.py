"""What callers send and see of policies, and what the evidence on a seed looks like."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.database import Json
from backend.seeds.filters import SeedFilter


class PolicyOut(BaseModel):
    """A version of a policy."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: int
    settings: Json
    created_at: datetime


class PolicyCreate(BaseModel):
    """A new version; settings that are left out have their defaults."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*$")
    settings: Json = {}


class PolicyPresetOut(BaseModel):
    """A published rule as a policy to start from.

    `samples` are the weak model's answers that it takes of each prompt, null where it does not say.
    """

    name: str
    settings: Json
    samples: int | None
    rule: str
    source: str


class PolicyPreviewRequest(BaseModel):
    """Settings to try; those that are left out have their defaults.

    Without `base_policy_id` they are compared with the verdicts that seeds have now, else with
    those that they would have under that policy.
    """

    model_config = ConfigDict(extra="forbid")

    settings: Json = {}
    base_policy_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    filter: SeedFilter = SeedFilter()


class VerdictSharesOut(BaseModel):
    """How many seeds have each verdict, their shares, and the mean score; null without seeds."""

    verdicts: dict[str, int]
    shares: dict[str, float]
    mean_score: float | None


class PolicyPreviewOut(BaseModel):
    """What a policy would change; `matrix` counts seeds by their verdict before and after."""

    seeds: int
    changed: int
    matrix: dict[str, dict[str, int]]
    before: VerdictSharesOut
    after: VerdictSharesOut


class TeachabilityOut(BaseModel):
    """A verdict and what it rests on; suspect, hard, teachable and easy add up to one."""

    model_config = ConfigDict(from_attributes=True)

    policy: str
    key_origin: str
    reference_answer: str | None
    reliability: float
    plurality: Json
    weak: list[Any]
    suspect: float
    hard: float
    teachable: float
    easy: float
    score: float
    score_low: float
    score_high: float
    verdict: str
    steps: int | None
    notes: list[str]
    created_at: datetime


class TestOutcomeOut(BaseModel):
    """How a program did on one test of its seed; `detail` says what went wrong."""

    result: str
    detail: str
    seconds: float


class SampleOut(BaseModel):
    """One response; `tests` is how its program did on the seed's tests, where it was run."""

    model_config = ConfigDict(from_attributes=True)

    endpoint: str
    role: str
    sample_index: int
    response: str
    reasoning: str | None
    answer: str | None
    answer_key: str | None
    finish_reason: str | None
    max_tokens: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int | None
    cost: float
    latency_ms: int
    created_at: datetime
    tests: list[TestOutcomeOut] | None = None


class JudgmentOut(BaseModel):
    """A judge's verdict by the rubric; `unscored` says why there is none.

    Rubric 1 does not rate `multi_step`, `well_posed` and `verifiable`.
    """

    model_config = ConfigDict(from_attributes=True)

    endpoint: str
    rubric_version: str | None
    steps: int | None
    difficulty: int | None
    multi_step: int | None
    well_posed: int | None
    verifiable: int | None
    reasons: str | None
    unscored: str | None


class ScoringEvidence(BaseModel):
    """All that models said about a revision; `stale` where the seed has a newer wording.

    Teachers' responses are long: `traces` counts them, `cost` holds theirs too, and `/v1/traces`
    has them.
    """

    teachability: TeachabilityOut | None = None
    samples: list[SampleOut] = []
    traces: int = 0
    judgments: list[JudgmentOut] = []
    cost: float = 0.0
    stale: bool = False


class EndpointSpendOut(BaseModel):
    """What an endpoint has cost so far."""

    endpoint: str
    role: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float

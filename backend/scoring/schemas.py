"""What callers send and see of policies, and what the evidence on a seed looks like."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from backend.database import Json


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
    """A judge's verdict by the rubric; `unscored` says why there is none."""

    model_config = ConfigDict(from_attributes=True)

    endpoint: str
    steps: int | None
    difficulty: int | None
    reasons: str | None
    unscored: str | None


class ScoringEvidence(BaseModel):
    """All that models said about a revision; `stale` where the seed has a newer wording."""

    teachability: TeachabilityOut | None = None
    samples: list[SampleOut] = []
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

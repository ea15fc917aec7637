"""What callers see of traces."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.science.trace_choice import ChoiceRule
from backend.science.trace_evidence import Part, Reason

Number = Annotated[int, Field(ge=1, lt=2**63)]
State = Literal["kept", "rejected"]
KeyOrigin = Literal["given", "plurality", "tests"]


class TraceFilter(BaseModel):
    """Every field that is given must hold; `run_id` is the run that verified a trace last."""

    model_config = ConfigDict(extra="forbid")

    run_id: Number | None = None
    seed_id: Number | None = None
    state: State | None = None
    reason: Reason | None = None


class TraceListQuery(TraceFilter):
    """A filter and a page."""

    after: str | None = None
    limit: int = Field(default=50, ge=1, le=1000)


class ChoiceQuery(BaseModel):
    """How to choose, and a page of seeds; with `run_id` only among what that run verified last."""

    model_config = ConfigDict(extra="forbid")

    rule: ChoiceRule = "shortest"
    run_id: Number | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class TraceOut(BaseModel):
    """A trace in a list; `found` says why it is rejected, `prompt` is cut to 300 characters."""

    model_config = ConfigDict(from_attributes=True)

    sample_id: int
    seed_id: int
    revision_id: int
    run_id: int
    endpoint: str
    sample_index: int
    state: State
    reason: Reason | None
    found: str | None
    prompt: str
    thinking_tokens: int
    answer_tokens: int
    answer_key: str | None
    key_origin: KeyOrigin
    reference_answer: str
    judge_score: float | None
    created_at: datetime


class Passage(BaseModel):
    """Where a reason shows: characters of the thinking or the answer, half-open."""

    part: Part
    start: int
    end: int


class TraceDetail(TraceOut):
    """A trace with all that it says, and how it was asked for; `prompt` is whole."""

    thinking: str
    answer: str
    passages: list[Passage]
    reference_key: str
    model: str
    finish_reason: str | None
    prompt_tokens: int
    completion_tokens: int
    max_tokens: int
    cost: float
    latency_ms: int
    asked_at: datetime


class ReasonShare(BaseModel):
    """How many of a run's traces were rejected for a reason."""

    reason: Reason
    count: int
    share: float


class KeptPerSeed(BaseModel):
    """How many seeds have so many traces that are kept."""

    kept: int
    seeds: int


class Spread(BaseModel):
    """The middle and the upper end of a number."""

    p50: float
    p95: float


class TraceSummary(BaseModel):
    """What a run's traces came to; tokens are those of its kept ones, null where there are none.

    `verified_later` counts responses that it paid for and that a later run has verified again:
    those are that run's traces now.
    """

    run_id: int
    traces: int
    kept: int
    kept_share: float | None
    reasons: list[ReasonShare]
    kept_per_seed: list[KeptPerSeed]
    thinking_tokens: Spread | None
    answer_tokens: Spread | None
    verified_later: int


class ChosenTraces(BaseModel):
    """A seed with kept traces, and which of them the rule chooses: one, or all."""

    seed_id: int
    revision_id: int
    kept: int
    sample_ids: list[int]

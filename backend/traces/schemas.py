"""What callers see of traces."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.review.schemas import GivenReason
from backend.science.trace_choice import ChoiceRule
from backend.science.trace_evidence import Part, Reason
from backend.science.trace_judging import Word as GuidelineWord

Number = Annotated[int, Field(ge=1, lt=2**63)]
State = Literal["kept", "rejected", "unjudged"]
CuratorsWord = Literal["kept", "rejected"]
KeyOrigin = Literal["given", "plurality", "tests", "none"]


class TraceFilter(BaseModel):
    """Every field that is given must hold; `run_id` is the run that verified a trace last.

    `guideline_id` means any of a guideline's versions.
    """

    model_config = ConfigDict(extra="forbid")

    run_id: Number | None = None
    seed_id: Number | None = None
    state: State | None = None
    reason: Reason | None = None
    guideline_id: Number | None = None
    guideline_version: Number | None = None


class TraceListQuery(TraceFilter):
    """A filter and a page."""

    after: str | None = None
    limit: int = Field(default=50, ge=1, le=1000)


class ChoiceQuery(BaseModel):
    """How to choose, and a page of seeds.

    With `run_id` only among what that run verified last, with `guideline_id` only among what was
    made under that guideline.
    """

    model_config = ConfigDict(extra="forbid")

    rule: ChoiceRule = "shortest"
    run_id: Number | None = None
    guideline_id: Number | None = None
    guideline_version: Number | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class TraceOut(BaseModel):
    """A trace in a list; `found` says why it is rejected, `prompt` is cut to 300 characters.

    `state` is what verification, judges and curators come to. One made under a guideline that no
    judge has told of is `unjudged`, which is no pass. `word` is a curator's, for `word_reason`.
    `counted_by` says who counted its tokens: the `server`, an `estimate` by characters, or a
    tokenizer.
    """

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
    counted_by: str
    answer_key: str | None
    key_origin: KeyOrigin
    reference_answer: str
    judge_score: float | None
    guideline_id: int | None
    guideline: str | None
    guideline_version: int | None
    word: CuratorsWord | None
    word_reason: str | None
    created_at: datetime


class WordCreate(BaseModel):
    """What a curator says of a trace, and why; `token` is the caller's own."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    word: CuratorsWord
    reason: GivenReason


class Passage(BaseModel):
    """Where a reason shows: characters of the thinking or the answer, half-open."""

    part: Part
    start: int
    end: int


class TraceJudgmentOut(BaseModel):
    """What one judge said of a trace; levels go from 1 to 5, the score from 0 to 1.

    Where it could not be judged, there is no score, and `reason` says why. `follows` and `reveals`
    are of its guideline, `passages` where it is given away.
    """

    judge: str
    score: float | None
    levels: dict[str, int]
    follows: GuidelineWord | None
    reveals: GuidelineWord | None
    passages: list[Passage]
    reason: str | None


class TraceDetail(TraceOut):
    """A trace with all that it says, and how it was asked for; `prompt` is whole.

    `guideline_text` is what the teacher was shown and nobody trained on it may learn.
    `decision_id` is the event of the curator's word, to undo it by; `can_keep` says whether a
    curator may keep it: what a rule has found stays rejected.
    """

    thinking: str
    answer: str
    passages: list[Passage]
    judgments: list[TraceJudgmentOut]
    guideline_text: str | None
    decision_id: int | None
    decided_by: str | None
    can_keep: bool
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
    """How many of a run's traces were rejected for a reason; `curator`: somebody rejected them."""

    reason: Reason | Literal["curator"]
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

    `unjudged` were made under a guideline, and no judge has told whether they follow it;
    `without_score` were shown to judges, and none has rated them. `counted_by` says who counted
    the tokens.
    `verified_later` counts responses that it paid for and that a later run has verified again:
    those are that run's traces now.
    """

    run_id: int
    traces: int
    kept: int
    kept_share: float | None
    unjudged: int
    without_score: int
    reasons: list[ReasonShare]
    kept_per_seed: list[KeptPerSeed]
    thinking_tokens: Spread | None
    answer_tokens: Spread | None
    counted_by: list[str]
    verified_later: int


class ChosenTraces(BaseModel):
    """A seed with kept traces, and which of them the rule chooses: one, or all."""

    seed_id: int
    revision_id: int
    kept: int
    sample_ids: list[int]

"""Traces of teachers, and what a run's traces came to."""

from typing import Literal, TypedDict

TRACE_STATES = ("kept", "rejected", "unjudged")
TRACE_REASONS = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated", "off_guideline",
)  # fmt: skip


class TraceFilter(TypedDict, total=False):
    """Which traces."""

    run_id: int
    seed_id: int
    state: str
    reason: str
    guideline_id: int


class Trace(TypedDict):
    """A trace in a list."""

    sample_id: int
    seed_id: int
    revision_id: int
    run_id: int
    endpoint: str
    sample_index: int
    state: str
    reason: str | None
    found: str | None
    prompt: str
    thinking_tokens: int
    answer_tokens: int
    counted_by: str
    answer_key: str | None
    key_origin: str
    reference_answer: str
    judge_score: float | None
    guideline_id: int | None
    guideline: str | None
    guideline_version: int | None
    word: str | None
    word_reason: str | None
    created_at: str


class Passage(TypedDict):
    """Where a reason shows: characters of the thinking or the answer."""

    part: Literal["thinking", "answer"]
    start: int
    end: int


class TraceJudgment(TypedDict):
    """What a judge said of a trace."""

    judge: str
    score: float | None
    levels: dict[str, int]
    follows: str | None
    reveals: str | None
    passages: list[Passage]
    reason: str | None


class TraceDetail(Trace):
    """A trace with all that it says."""

    thinking: str
    answer: str
    passages: list[Passage]
    judgments: list[TraceJudgment]
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
    asked_at: str


class ReasonShare(TypedDict):
    """How many traces were rejected for a reason."""

    reason: str
    count: int
    share: float


class KeptPerSeed(TypedDict):
    """How many seeds have so many traces that are kept."""

    kept: int
    seeds: int


class Spread(TypedDict):
    """The middle and the upper end of a number."""

    p50: float
    p95: float


class TraceSummary(TypedDict):
    """What a run's traces came to."""

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

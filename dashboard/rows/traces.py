"""Traces of teachers, and what a run's traces came to."""

from typing import Literal, TypedDict

TRACE_STATES = ("kept", "rejected")
TRACE_REASONS = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated",
)  # fmt: skip


class TraceFilter(TypedDict, total=False):
    """Which traces."""

    run_id: int
    seed_id: int
    state: str
    reason: str


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
    answer_key: str | None
    key_origin: str
    reference_answer: str
    judge_score: float | None
    created_at: str


class Passage(TypedDict):
    """Where a reason shows: characters of the thinking or the answer."""

    part: Literal["thinking", "answer"]
    start: int
    end: int


class TraceDetail(Trace):
    """A trace with all that it says."""

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
    reasons: list[ReasonShare]
    kept_per_seed: list[KeptPerSeed]
    thinking_tokens: Spread | None
    answer_tokens: Spread | None
    verified_later: int

"""What was measured on a seed."""

from typing import Any, NotRequired, TypedDict

from dashboard.rows.judging import Levels


class AnswerClass(TypedDict):
    """Answers that are equivalent, and how many responses gave them."""

    key: str
    answer: str
    count: int
    share: NotRequired[float]
    is_reference: bool
    keys: list[str]
    joined_by: NotRequired[list[str]]


class Plurality(TypedDict):
    """The reference's vote."""

    classes: list[AnswerClass]
    unanswered: int
    total: int
    tie: bool
    share: float | None
    margin: float | None


class WeakAgreement(TypedDict):
    """How many of a weak endpoint's responses fall into the reference class, with its interval."""

    endpoint: str
    model: str
    matching: int
    total: int
    rate: float | None
    low: float
    high: float
    classes: list[AnswerClass]
    unanswered: int


class Teachability(TypedDict):
    """The verdict on a revision and what it rests on; the four probabilities sum to one."""

    policy: str
    key_origin: str
    reference_answer: str | None
    reliability: float
    plurality: Plurality
    weak: list[WeakAgreement]
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
    created_at: str


class TestOutcome(TypedDict):
    """How a program did on one test."""

    result: str
    detail: str
    seconds: float


class Sample(TypedDict):
    """One response of an endpoint; `tests` of a program that was run."""

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
    created_at: str
    tests: NotRequired[list[TestOutcome] | None]


class Judgment(Levels):
    """A judge's rubric verdict; `unscored` says why there is none."""

    endpoint: str
    rubric_version: str | None
    reasons: str | None
    unscored: str | None


class Hit(TypedDict):
    """A benchmark item found in the seed, and what that stops.

    Spans and numbers are character offsets in the two texts.
    """

    id: int
    benchmark: str
    version: str
    split: str
    item_id: str
    item_text: str
    masked: bool
    item_changed: bool
    verdict: str
    method: str
    action: str
    score: float
    coverage_item: float
    coverage_seed: float
    longest_words: int
    spans: list[tuple[int, int, int, int]]
    seed_numbers: list[tuple[int, int]]
    item_numbers: list[tuple[int, int]]
    evidence: dict[str, Any] | None
    policy: str
    policy_id: int
    index_id: int
    state: str
    inherited_from: int | None
    settled_earlier: str | None
    created_at: str


class SeedHit(Hit):
    """A hit in a list over all seeds."""

    seed_id: int
    revision_id: int


class Evidence(TypedDict):
    """All that was measured on a seed; `traces` counts teachers' responses, listed apart."""

    teachability: Teachability | None
    samples: list[Sample]
    traces: int
    judgments: list[Judgment]
    hits: list[Hit]
    cost: float
    stale: bool

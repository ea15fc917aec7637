"""Seeds, what was decided on them, and where they stand."""

from typing import Any, TypedDict

from dashboard.rows.evidence import Evidence

VERDICTS = ("suspect", "hard", "teachable", "easy", "unsettled")
STATUSES = ("pending", "accepted", "rejected", "needs_rewrite")


class SeedFilter(TypedDict, total=False):
    """Which seeds: the same object for lists, the queue, runs and exports."""

    status: str
    verdict: str
    domain: str
    source: str
    flagged: bool
    has_hits: bool
    has_answer: bool
    import_id: int
    q: str
    min_score: float
    sort: str


class SeedRow(TypedDict):
    """A seed in a list; `prompt` is cut to its first characters there."""

    id: int
    revision_id: int
    source: str
    external_id: str | None
    domain: str | None
    licence: str | None
    status: str
    flagged: bool
    verdict: str | None
    score: float | None
    agreement: float | None
    reliability: float | None
    steps: int | None
    open_hits: int
    prompt: str
    answer: str | None
    created_at: str


class Revision(TypedDict):
    """One wording of a seed."""

    id: int
    number: int
    prompt: str
    answer: str | None
    origin: str
    created_at: str


class Decision(TypedDict):
    """An event in a seed's history."""

    id: int
    seed_id: int
    revision_id: int
    user: str
    kind: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    undoes_id: int | None
    undone_by: int | None
    batch: str | None
    created_at: str


class SeedDetail(SeedRow):
    """A seed with everything known about it."""

    metadata: dict[str, Any]
    revisions: list[Revision]
    evidence: Evidence
    history: list[Decision]


class Facets(TypedDict):
    """Counts of seeds by value, under a filter."""

    total: int
    status: dict[str, int]
    verdict: dict[str, int]
    domain: dict[str, int]
    source: dict[str, int]


class Queue(TypedDict):
    """Seeds leased to the caller; `left` counts all that match."""

    items: list[SeedDetail]
    left: int
    lease_seconds: int


class Held(TypedDict):
    """Which of the caller's seeds are still the caller's, and which another curator has."""

    held: list[int]
    lost: list[int]


class DecisionResult(TypedDict):
    """What became of a posted decision."""

    token: str
    status: str
    decision_id: int | None
    seed: SeedRow | None
    error: dict[str, Any] | None


class Undone(TypedDict):
    """The event that took a decision back, and the seed after it."""

    decision: Decision
    seed: SeedRow


class FunnelStage(TypedDict):
    """How many seeds came as far as a stage."""

    stage: str
    count: int


class MapPoint(TypedDict):
    """A seed on the teachability map."""

    seed_id: int
    agreement: float | None
    reliability: float | None
    score: float | None
    verdict: str
    domain: str | None


class EndpointSpend(TypedDict):
    """What an endpoint has cost."""

    endpoint: str
    role: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float


class Spend(TypedDict):
    """What all endpoints have cost."""

    calls: int
    tokens: int
    cost: float
    by_endpoint: list[EndpointSpend]


class SourceQuality(TypedDict):
    """How good a source's seeds are."""

    source: str
    seeds: int
    accepted: int
    rejected: int
    open_hits: int
    suspect: int


class Overview(TypedDict):
    """Where the data stands."""

    funnel: list[FunnelStage]
    verdicts: dict[str, int]
    points: list[MapPoint]
    spend: Spend
    sources: list[SourceQuality]

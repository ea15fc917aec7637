"""The shapes of the API's answers, as far as the pages read them. Times are ISO 8601 texts."""

from typing import Any, Generic, NotRequired, TypedDict, TypeVar

Row = TypeVar("Row")

VERDICTS = ("suspect", "hard", "teachable", "easy", "unsettled")
STATUSES = ("pending", "accepted", "rejected", "needs_rewrite")


class Page(TypedDict, Generic[Row]):
    """One page of a list; `next` is null on the last."""

    items: list[Row]
    next: str | None
    total: int | None


class User(TypedDict):
    """Who is signed in; the role is viewer, ingester, curator or admin."""

    id: int
    name: str
    role: str


class SignIn(TypedDict):
    """A session: the secret is the bearer key of all further requests."""

    secret: str
    user: User
    expires_at: str


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


class AnswerClass(TypedDict):
    """Answers that are equivalent, and how many responses gave them."""

    key: str
    answer: str
    count: int
    share: NotRequired[float]
    is_reference: bool


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


class Sample(TypedDict):
    """One response of an endpoint."""

    endpoint: str
    role: str
    sample_index: int
    response: str
    reasoning: str | None
    answer: str | None
    answer_key: str | None
    finish_reason: str | None
    prompt_tokens: int
    completion_tokens: int
    cost: float
    latency_ms: int
    created_at: str


class Judgment(TypedDict):
    """A judge's rubric verdict; `unscored` says why there is none."""

    endpoint: str
    steps: int | None
    difficulty: int | None
    reasons: str | None
    unscored: str | None


class Hit(TypedDict):
    """A benchmark item found in the seed; spans are character offsets in both texts."""

    id: int
    benchmark: str
    version: str
    split: str
    item_id: str
    item_text: str
    method: str
    coverage_item: float
    coverage_seed: float
    longest_words: int
    spans: list[tuple[int, int, int, int]]
    state: str
    created_at: str


class SeedHit(Hit):
    """A hit in a list over all seeds."""

    seed_id: int
    revision_id: int


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


class Evidence(TypedDict):
    """All that was measured on a seed."""

    teachability: Teachability | None
    samples: list[Sample]
    judgments: list[Judgment]
    hits: list[Hit]
    cost: float
    stale: bool


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


class Endpoint(TypedDict):
    """A registered model; prices are per million tokens."""

    id: int
    name: str
    base_url: str
    model: str
    role: str
    key_variable: str | None
    sampling: dict[str, Any]
    input_price: float
    output_price: float
    max_in_flight: int
    requests_per_minute: int | None
    tokens_per_minute: int | None
    timeout_seconds: float
    samples_per_request: int
    created_at: str
    archived_at: str | None
    has_samples: bool


class EndpointTest(TypedDict):
    """What one call brought back."""

    ok: bool
    latency_ms: int | None
    response: str | None
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    error: str | None


class Failure(TypedDict):
    """Why seeds of a run failed."""

    reason: str
    count: int


class Run(TypedDict):
    """A scoring run with its progress and budget."""

    id: int
    name: str
    state: str
    filter: SeedFilter
    settings: dict[str, Any]
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
    created_at: str
    finished_at: str | None
    rate: dict[str, float]
    failures: list[Failure]
    eta_seconds: float | None
    note: str | None


class RunForecast(TypedDict):
    """What a run would need."""

    seeds: int
    calls: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float


class Policy(TypedDict):
    """A version of the bands and priors of verdicts."""

    id: int
    name: str
    version: int
    settings: dict[str, Any]
    created_at: str


class RowError(TypedDict):
    """A row that was refused, with the field at fault."""

    row: int
    field: str | None
    code: str
    message: str


class SeedImport(TypedDict):
    """One file or request that brought seeds."""

    id: int
    label: str
    created_count: int
    updated_count: int
    unchanged_count: int
    duplicate_count: int
    rejected_count: int
    created_at: str
    undone_at: str | None


class RowResult(TypedDict):
    """What became of a row."""

    index: int
    external_id: str | None
    status: str
    id: int | None
    error: dict[str, Any] | None


class ImportResult(TypedDict):
    """What an import brought."""

    import_id: int | None
    created: int
    updated: int
    unchanged: int
    duplicate: int
    rejected: int
    results: list[RowResult]


class Benchmark(TypedDict):
    """A loaded evaluation set."""

    id: int
    name: str
    version: str
    split: str
    licence: str | None
    item_count: int
    created_at: str


class BenchmarkLoad(TypedDict):
    """What loading a benchmark file brought."""

    benchmarks: list[Benchmark]
    rejected: list[RowError]
    rejected_count: int
    job_id: int | None


class Job(TypedDict):
    """A piece of durable work."""

    id: int
    kind: str
    state: str
    done_count: int
    total_count: int | None
    error: str | None
    created_at: str
    finished_at: str | None


class Export(TypedDict):
    """Training files of accepted seeds."""

    id: int
    name: str
    layout: str
    filter: SeedFilter
    settings: dict[str, Any]
    state: str
    row_count: int
    manifest: dict[str, Any] | None
    error: str | None
    created_at: str
    finished_at: str | None
    done_count: NotRequired[int | None]
    total_count: NotRequired[int | None]


class ExportCensus(TypedDict):
    """How many accepted seeds an export takes, leaves out for hits, and takes unchecked."""

    rows: int
    with_standing_hits: int
    never_checked: int


class Queue(TypedDict):
    """Seeds leased to the caller; `left` counts all that match."""

    items: list[SeedDetail]
    left: int
    lease_seconds: int


class Held(TypedDict):
    """Which of the caller's seeds are still the caller's, and which another curator has."""

    held: list[int]
    lost: list[int]


class Undone(TypedDict):
    """The event that took a decision back, and the seed after it."""

    decision: Decision
    seed: SeedRow


class DecisionResult(TypedDict):
    """What became of a posted decision."""

    token: str
    status: str
    decision_id: int | None
    seed: SeedRow | None
    error: dict[str, Any] | None

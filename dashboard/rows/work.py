"""Users, models, runs, files: all that is not a seed itself."""

from typing import Any, Generic, TypedDict, TypeVar

from dashboard.rows.seeds import SeedFilter

Row = TypeVar("Row")


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
    max_calls_per_day: int | None
    max_cost_per_day: float | None
    calls_today: int
    cost_today: float
    timeout_seconds: float
    samples_per_request: int
    uses_batches: bool
    created_at: str
    archived_at: str | None
    has_samples: bool
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float


class EndpointTest(TypedDict):
    """What one call brought back."""

    ok: bool
    latency_ms: int | None
    response: str | None
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    error: str | None


class Failure(TypedDict):
    """Why seeds of a run failed."""

    reason: str
    count: int


class Batch(TypedDict):
    """A file of calls at a provider; counts are of samples."""

    id: int
    endpoint: str
    provider_id: str | None
    state: str
    samples: int
    answered: int
    failed: int
    note: str | None
    created_at: str
    finished_at: str | None


class Run(TypedDict):
    """A run with its progress and budget; `kind` is what it is for."""

    id: int
    name: str
    kind: str
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
    seeds_waiting: int
    verdicts: dict[str, int]
    created_at: str
    finished_at: str | None
    rate: dict[str, float]
    failures: list[Failure]
    batches: list[Batch]
    eta_seconds: float | None
    note: str | None
    resume_at: str | None


class RunEndpointSpend(TypedDict):
    """What a run has used of one endpoint; `hint` says what to do about cut off answers."""

    endpoint_id: int
    endpoint: str
    role: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float
    max_tokens: int
    cut_off: int
    cut_off_share: float | None
    failed: int
    hint: str | None


class EndpointForecast(TypedDict):
    """What a run would need of one endpoint."""

    endpoint_id: int
    endpoint: str
    role: str
    calls: int
    calls_low: int
    calls_high: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float
    estimated_cost_high: float


class RunForecast(TypedDict):
    """What a run would need: the expected calls, and the least and the most."""

    seeds: int
    calls: int
    calls_low: int
    calls_high: int
    already_stored: int
    estimated_tokens: int
    estimated_cost: float
    estimated_cost_high: float
    endpoints: list[EndpointForecast]
    notes: list[str]


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


class Recipe(TypedDict):
    """A public set of problems, and where the fields of a seed stand in its rows."""

    name: str
    title: str
    licence: str
    fields: dict[str, str]
    metadata: dict[str, str]
    left_out: str
    columns: list[str]


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


class ImportUndone(TypedDict):
    """What taking an import back did, and what it left alone."""

    withdrawn: int
    returned: int
    kept_decided: int
    kept_changed: int
    kept_taken: int


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

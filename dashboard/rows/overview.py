"""Where the data stands. Days are ISO dates of UTC."""

from typing import TypedDict


class Counted(TypedDict):
    """When it was counted, and for how long that is good; 0 where it is counted each time."""

    as_of: str
    kept_seconds: float
    renewing: bool


class Loss(TypedDict):
    """Seeds that did not reach a stage: `kind` is lost or waiting."""

    reason: str
    kind: str
    count: int


class FunnelStage(TypedDict):
    """How many seeds came as far as a stage, and why others did not."""

    stage: str
    count: int
    skipped: int
    losses: list[Loss]


class Share(TypedDict):
    """A share with its 95% interval; all null of nothing."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class SourceQuality(TypedDict):
    """How good a source's seeds are."""

    source: str
    seeds: int
    accepted: Share
    contaminated: Share
    suspect: Share
    copies: Share
    cost: float
    cost_per_accepted: float | None


class DayCount(TypedDict):
    """How many on a day."""

    day: str
    count: int


class Overview(Counted):
    """Where the data stands."""

    funnel: list[FunnelStage]
    verdicts: dict[str, int]
    sources: list[SourceQuality]
    accepted_by_day: list[DayCount]


class MapCell(TypedDict):
    """Seeds of a cell by verdict; the cell's lower corner."""

    agreement: float
    reliability: float
    verdicts: dict[str, int]


class MapPoint(TypedDict):
    """A seed on the teachability map."""

    seed_id: int
    agreement: float
    reliability: float
    score: float | None
    verdict: str
    domain: str | None


class TeachabilityMap(Counted):
    """All scored seeds by place."""

    scored: int
    unplaced: int
    cell: float
    cells: list[MapCell]
    points: list[MapPoint]
    low: float
    high: float


class DomainDifficulty(TypedDict):
    """How hard a domain's seeds are: counts by steps and by tenths of agreement."""

    domain: str | None
    folded: int
    seeds: int
    steps: list[int]
    steps_quartiles: tuple[int, int, int] | None
    agreement: list[int]
    agreement_mean: float | None


class Difficulty(Counted):
    """Difficulty by domain."""

    domains: list[DomainDifficulty]


class EndpointSpend(TypedDict):
    """What an endpoint has cost."""

    endpoint: str
    role: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float


class SpendDay(TypedDict):
    """What an endpoint cost on a day."""

    day: str
    endpoint: str
    role: str
    calls: int
    tokens: int
    cost: float


class SpendOverview(Counted):
    """What all endpoints have cost."""

    calls: int
    tokens: int
    cost: float
    by_endpoint: list[EndpointSpend]
    days: list[SpendDay]
    accepted_by_day: list[DayCount]


class AgeBand(TypedDict):
    """Pending seeds that came so many days ago."""

    from_days: int
    to_days: int | None
    count: int


class WorkDay(TypedDict):
    """Seeds that came on a day, and its decisions."""

    day: str
    arrived: int
    accept: int
    reject: int
    needs_rewrite: int
    in_bulk: int


class Pace(TypedDict):
    """Decisions by hand and new seeds a day."""

    days: float
    decided: float
    arrived: float
    days_to_empty: float | None
    reason: str | None


class LeaseCount(TypedDict):
    """Seeds on a curator's screen."""

    user: str
    seeds: int


class FailedJob(TypedDict):
    """Work that ended in an error."""

    id: int
    kind: str
    error: str | None
    finished_at: str | None


class QueueHealth(Counted):
    """What waits and how fast it is decided."""

    pending: int
    oldest_pending_at: str | None
    by_age: list[AgeBand]
    days: list[WorkDay]
    pace: Pace
    needs_rewrite: int
    duplicate_groups: int
    leases: list[LeaseCount]
    hits: int
    seeds_with_hits: int
    failed: int
    failed_jobs: list[FailedJob]

"""Named queues, what several curators think of one seed, and the people at work."""

from typing import TypedDict

from dashboard.rows.seeds import Decision, SeedFilter, SeedRow


class Person(TypedDict):
    """Somebody by number and name."""

    id: int
    name: str


class ReviewQueue(TypedDict):
    """A named part of the work; `mine` says whether the user may decide in it."""

    id: int
    name: str
    filter: SeedFilter
    sort: str
    overlap: int
    instructions: str
    curators: list[Person]
    open: bool
    mine: bool
    created_by: str
    created_at: str


class PersonProgress(TypedDict):
    """What somebody has decided by hand."""

    user_id: int
    user: str
    today: int
    total: int
    median_seconds: float | None
    last_active: str


class QueueProgress(TypedDict):
    """Where a queue stands, and who did what in it."""

    left: int
    decided: int
    in_adjudication: int
    people: list[PersonProgress]


class Opinion(TypedDict):
    """What one curator thinks of a seed."""

    user: str
    kind: str | None
    flagged: bool
    reason: str | None
    created_at: str


class Dispute(TypedDict):
    """A seed on which curators do not agree."""

    queue_id: int
    queue: str
    seed: SeedRow
    opinions: list[Opinion]


class Adjudicated(TypedDict):
    """The last word on a seed, and the seed after it."""

    decision: Decision
    seed: SeedRow


class CuratorPair(TypedDict):
    """Two curators on the seeds that both decided."""

    first: str
    second: str
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class QuestionAgreement(TypedDict):
    """Agreement on one thing that curators say."""

    name: str
    seeds: int
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    pairs: list[CuratorPair]


class VerdictCell(TypedDict):
    """How many seeds of a verdict a curator accepted, or rejected."""

    kind: str
    verdict: str | None
    count: int


class AgainstVerdict(TypedDict):
    """A curator against what was measured."""

    curator: str
    cells: list[VerdictCell]
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class CuratorAgreement(TypedDict):
    """Agreement of curators in a queue, or in all."""

    queue_id: int | None
    seeds: int
    most_seeds: int
    more: bool
    questions: list[QuestionAgreement]
    against_verdict: list[AgainstVerdict]


class Standing(TypedDict):
    """What somebody decided lately, and how often others agreed."""

    user_id: int
    user: str
    today: int
    week: int
    agreement: float | None
    compared: int


class Leaderboard(TypedDict):
    """Who decided how much; without rows where it is off, or hidden by the user."""

    enabled: bool
    hidden: bool
    rows: list[Standing]

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
    licence: str
    tag: str
    external_id: str
    flagged: bool
    tie: bool
    key_conflict: bool
    has_hits: bool
    contaminated: bool
    has_answer: bool
    has_domain: bool
    has_duplicates: bool
    synthetic: bool
    seed_id: int
    parent: int
    import_id: int
    decided_by: int
    q: str
    min_score: float
    max_score: float
    min_agreement: float
    max_agreement: float
    min_reliability: float
    max_reliability: float
    min_margin: float
    max_margin: float
    min_interval_width: float
    max_interval_width: float
    min_judge_gap: float
    max_judge_gap: float
    min_steps: int
    max_steps: int
    created_after: str
    created_before: str
    sort: str
    queue_id: int  # instead of all others, in the queue alone


class SeedRow(TypedDict):
    """A seed in a list; `prompt` is cut to its first characters there."""

    id: int
    revision_id: int
    answer_origin: str
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
    margin: float | None
    tie: bool | None
    interval_width: float | None
    judge_gap: float | None
    key_conflict: bool | None
    open_hits: int
    tags: list[str]
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


class NearDuplicate(TypedDict):
    """Another seed of a group; the similarity is that to the leader."""

    id: int
    prompt: str
    status: str
    similarity: float
    is_leader: bool


class SeedGroup(TypedDict):
    """A group of near-duplicates that a seed is in, with those most like its leader."""

    id: int
    kind: str
    leader_id: int
    size: int
    others: list[NearDuplicate]


class SyntheticOrigin(TypedDict):
    """What a synthetic seed was made from; the answer is the model's own."""

    parent_id: int
    parent_revision_id: int
    kind: str
    endpoint: str
    template_hash: str
    sample_id: int
    proposed_answer: str
    why: str


class ChildSeed(TypedDict):
    """A seed that a model has made from another."""

    id: int
    kind: str
    status: str


class SeedDetail(SeedRow):
    """A seed with everything known about it."""

    reviewed_by: str | None
    synthetic: SyntheticOrigin | None
    children: list[ChildSeed]
    duplicates: list[SeedGroup]
    metadata: dict[str, Any]
    revisions: list[Revision]
    evidence: Evidence
    history: list[Decision]


class SeedCount(TypedDict):
    """How many seeds there are; about so many, where it is not `exact`."""

    count: int
    exact: bool


class SeedValues(TypedDict):
    """What filters can choose among."""

    domains: list[str]
    sources: list[str]


class Facets(TypedDict):
    """Counts of seeds by value, under a filter."""

    total: int
    status: dict[str, int]
    verdict: dict[str, int]
    domain: dict[str, int]
    source: dict[str, int]


class Queue(TypedDict):
    """Seeds leased to the caller; `left` counts all that match, about where not `left_exact`."""

    items: list[SeedDetail]
    left: int | None
    left_exact: bool
    lease_seconds: int
    leased_until: str


class Held(TypedDict):
    """Which of the caller's seeds are still the caller's, which another has, and who that is."""

    held: list[int]
    lost: list[int]
    holders: dict[str, str]
    leased_until: str


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

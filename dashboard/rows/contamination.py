"""Hits over all seeds, how often they are right, and what decides on them."""

from typing import Any, TypedDict

from dashboard.rows.work import Job

HIT_VERDICTS = ("contaminated", "variant", "related")
HIT_STATES = ("open", "confirmed", "dismissed")
HIT_ACTIONS = ("block", "review", "ignore")
HIT_METHODS = ("exact", "ngram", "retrieval", "code", "embedding", "judge")


class HitFilter(TypedDict, total=False):
    """Which hits; every field that is given must hold. The source is the seed's."""

    state: str
    verdict: str
    action: str
    method: str
    benchmark: str
    source: str


class CheckState(TypedDict):
    """What seeds are checked against, how many are due, and the check that is under way."""

    benchmarks: int
    items: int
    seeds: int
    due: int
    job: Job | None


class RuleReport(TypedDict):
    """How often curators said that a rule was right, with a 95% interval."""

    method: str
    verdict: str
    benchmark: str
    policy: str
    policy_id: int
    hits: int
    open: int
    confirmed: int
    dismissed: int
    precision: float | None
    precision_low: float
    precision_high: float


class HitPolicy(TypedDict):
    """A version of a policy of decontamination."""

    id: int
    name: str
    version: int
    settings: dict[str, Any]
    created_at: str


class HitPolicySaved(HitPolicy):
    """A new version, and the job that checks all seeds under it, where there is one."""

    job_id: int | None

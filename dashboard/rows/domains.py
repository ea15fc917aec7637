"""Domains that models suggest for seeds."""

from typing import TypedDict

from dashboard.rows.history import DecisionBatch


class OutcomeCount(TypedDict):
    """How many of a run's replies came to this."""

    outcome: str
    count: int
    share: float


class DomainCount(TypedDict):
    """How many seeds a domain is suggested for; of them `new` had none."""

    domain: str | None
    seeds: int
    new: int


class DomainConfusion(TypedDict):
    """How many seeds of a given domain another, or the same, is suggested for."""

    given: str
    suggested: str | None
    seeds: int


class DomainSummary(TypedDict):
    """What a run suggests, held against given domains, and what was applied."""

    run_id: int
    judge: str
    replies: int
    outcomes: list[OutcomeCount]
    domains: list[DomainCount]
    confusion: list[DomainConfusion]
    agreement: float | None
    applicable: int
    replaceable: int
    applied: list[DecisionBatch]

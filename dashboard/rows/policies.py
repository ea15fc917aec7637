"""Policies, what they would change, and what a run's key rests on."""

from typing import Any, TypedDict


class Policy(TypedDict):
    """A version of a policy; versions never change."""

    id: int
    name: str
    version: int
    settings: dict[str, Any]
    created_at: str


class PolicyPreset(TypedDict):
    """A published rule as settings to start from."""

    name: str
    settings: dict[str, Any]
    samples: int | None
    rule: str
    source: str


class VerdictShares(TypedDict):
    """How many seeds have each verdict, and their mean score."""

    verdicts: dict[str, int]
    shares: dict[str, float]
    mean_score: float | None


class PolicyPreview(TypedDict):
    """What a policy would change; the matrix counts seeds by verdict before and after."""

    seeds: int
    changed: int
    matrix: dict[str, dict[str, int]]
    before: VerdictShares
    after: VerdictShares


class DiagramBin(TypedDict):
    """Keys that were given about the same probability, and the share that was right."""

    stated: float
    observed: float
    low: float
    high: float
    size: int


class VoteReliability(TypedDict):
    """P(key right) where so many votes are equal."""

    equal: int
    of: int
    reliability: float
    by_prior: float


class Coefficient(TypedDict):
    """A coefficient of the reliability model."""

    name: str
    words: str
    value: float
    prior: float


class WrongKeyPrior(TypedDict):
    """How often a weak model repeats a wrong key."""

    endpoint: str
    alpha: float
    beta: float
    mean: float
    fitted: bool


class Calibration(TypedDict):
    """How far a run's votes can be trusted, from seeds whose answer is known."""

    reference: str | None
    warning: str | None
    gold_seeds: int
    wrong_keys: int
    bins: list[DiagramBin]
    brier: float | None
    calibration_error: float | None
    auc: float | None
    log_loss: float | None
    votes: list[VoteReliability]
    coefficients: list[Coefficient]
    domain_offsets: dict[str, float]
    wrong_key_priors: list[WrongKeyPrior]
    agreement_weight: float

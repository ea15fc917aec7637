"""What callers see of agreement between curators."""

from typing import Literal

from pydantic import BaseModel

Question = Literal["decision", "reason", "flagged"]


class CuratorPair(BaseModel):
    """Two curators on the seeds that both decided: Cohen's kappa with its 95 per cent interval.

    Null is undefined: no seeds in common, no variation, or, of the interval, no disagreement.
    """

    first: str
    second: str
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class QuestionAgreement(BaseModel):
    """Agreement on one thing that curators say: Krippendorff's nominal alpha over all of them.

    `seeds` were answered by two or more. Reasons count as alike where their words are.
    """

    name: Question
    seeds: int
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    pairs: list[CuratorPair]


class VerdictCell(BaseModel):
    """How many seeds of a measured verdict a curator accepted, or rejected; null is unscored."""

    kind: Literal["accept", "reject"]
    verdict: str | None
    count: int


class AgainstVerdict(BaseModel):
    """A curator against what was measured: accept should be teachable, reject anything else.

    `seeds`, the percentage and kappa leave unsettled and unscored seeds out, the cells do not.
    """

    curator: str
    cells: list[VerdictCell]
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class CuratorAgreement(BaseModel):
    """Agreement of curators in a queue, or in all: over the newest `most_seeds` seeds."""

    queue_id: int | None
    seeds: int
    most_seeds: int
    more: bool
    questions: list[QuestionAgreement]
    against_verdict: list[AgainstVerdict]

"""What the overview says. Days are those of UTC."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from backend.scoring.schemas import EndpointSpendOut


class Counted(BaseModel):
    """When it was counted, and for how long that is good: 0 where each reader has it counted anew.

    `renewing`: it is older than that, and is being counted again.
    """

    as_of: datetime
    kept_seconds: float
    renewing: bool


class Loss(BaseModel):
    """Seeds (or rows) that did not reach a stage: lost for good, or waiting for what would help."""

    reason: str
    kind: Literal["lost", "waiting"]
    count: int


class FunnelStage(BaseModel):
    """How many seeds have come as far as a stage, and why others of the stage before have not.

    A decision carries a seed past the stages before it: `skipped` counts those that it carried
    past this one.
    """

    stage: str
    count: int
    skipped: int = 0
    losses: list[Loss] = []


class Share(BaseModel):
    """`count` of `of`, with the 95% Wilson interval; all null where there is nothing to divide."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class SourceQuality(BaseModel):
    """How good a source's seeds are.

    `accepted` is of those decided for good, `contaminated` of those checked, `suspect` of those
    scored, `copies` of those compared with all others. `cost` is that of models' answers to them.
    """

    source: str
    seeds: int
    accepted: Share
    contaminated: Share
    suspect: Share
    copies: Share
    cost: float
    cost_per_accepted: float | None


class DayCount(BaseModel):
    """How many on a day."""

    day: date
    count: int


class Census(BaseModel):
    """Where all seeds stand; `accepted_by_day` counts those that are accepted now."""

    funnel: list[FunnelStage]
    verdicts: dict[str, int]
    sources: list[SourceQuality]
    accepted_by_day: list[DayCount]


class Overview(Counted, Census):
    """Where the data stands; stage `exported` is the size of the largest export."""


class MapCell(BaseModel):
    """Scored seeds of a cell of the map by verdict; the cell's lower corner, both from 0 to 1."""

    agreement: float
    reliability: float
    verdicts: dict[str, int]


class MapPoint(BaseModel):
    """A scored seed on the plot of agreement against reliability."""

    seed_id: int
    agreement: float
    reliability: float
    score: float | None
    verdict: str
    domain: str | None


class MapCounts(BaseModel):
    """All scored seeds by place.

    `unplaced` have no answer key. `points` are all that have one, or a sample where these are
    many. `low` and `high` are the edges of the band of the newest policy.
    """

    scored: int
    unplaced: int
    cell: float
    cells: list[MapCell]
    points: list[MapPoint]
    low: float
    high: float


class TeachabilityMap(Counted, MapCounts):
    """The teachability map."""


class DomainDifficulty(BaseModel):
    """How hard a domain's scored seeds are; `domain` is null for those without one.

    `folded` is the number of domains that are taken together here, 1 for a domain of its own.
    `steps` counts seeds by judged steps (0, 1, 2, …, the last is that many or more), `agreement` by
    tenths of the weak model's agreement. Quartiles are null without judged seeds.
    """

    domain: str | None
    folded: int
    seeds: int
    steps: list[int]
    steps_quartiles: tuple[int, int, int] | None
    agreement: list[int]
    agreement_mean: float | None


class DifficultyCounts(BaseModel):
    """The domains with the most scored seeds, the rest folded."""

    domains: list[DomainDifficulty]


class Difficulty(Counted, DifficultyCounts):
    """Difficulty by domain."""


class SpendDay(BaseModel):
    """What an endpoint's answers cost on a day."""

    day: date
    endpoint: str
    role: str
    calls: int
    tokens: int
    cost: float


class SpendOverview(Counted):
    """What models' answers have cost; days without a call are left out.

    `accepted_by_day` counts the seeds that are accepted now, on the day on which they were.
    """

    calls: int
    tokens: int
    cost: float
    by_endpoint: list[EndpointSpendOut]
    days: list[SpendDay]
    accepted_by_day: list[DayCount]

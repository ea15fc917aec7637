"""What callers send and see of queues, adjudication and the people at work."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.database import Json
from backend.review.schemas import DecisionOut, Number, Reason
from backend.review_queues.tables import MOST_OVERLAP
from backend.seeds.filters import SeedFilter
from backend.seeds.orders import Sort
from backend.seeds.schemas import SeedRow

Vote = Literal["accept", "reject", "needs_rewrite"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*$")]
Instructions = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]
Curators = Annotated[list[Number], Field(max_length=1000)]
Overlap = Annotated[int, Field(ge=1, le=MOST_OVERLAP)]


class QueueCreate(BaseModel):
    """A new queue; `token` is the caller's own, so that a repeated post makes no second one.

    `overlap` says how many curators decide each seed. Without `curators` it is everybody's.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    name: Name
    filter: SeedFilter = SeedFilter()
    sort: Sort = "attention"
    overlap: Overlap = 1
    instructions: Instructions = ""
    curators: Curators = []


class QueueUpdate(BaseModel):
    """What may change; absent fields stay. The overlap is fixed with the first opinion."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    filter: SeedFilter | None = None
    sort: Sort | None = None
    overlap: Overlap | None = None
    instructions: Instructions | None = None
    curators: Curators | None = None
    open: bool | None = None


class Person(BaseModel):
    """Somebody by number and name."""

    id: int
    name: str


class Counts(BaseModel):
    """Where a queue stands.

    `left` are seeds that need somebody yet, `in_adjudication` those whose curators did not agree.
    """

    left: int
    decided: int
    in_adjudication: int


class ReviewQueueOut(BaseModel):
    """A queue; `mine` says whether the caller may decide in it."""

    id: int
    name: str
    filter: Json
    sort: str
    overlap: int
    instructions: str
    curators: list[Person]
    open: bool
    mine: bool
    created_by: str
    created_at: datetime


class PersonProgress(BaseModel):
    """Seeds that somebody decided by hand, and how fast; undone decisions do not count."""

    user_id: int
    user: str
    today: int
    total: int
    median_seconds: float | None
    last_active: datetime


class QueueProgress(Counts):
    """Where a queue stands, and who did what in it."""

    people: list[PersonProgress]


class OpinionOut(BaseModel):
    """What one curator thinks of a seed."""

    user: str
    kind: Vote | None
    flagged: bool
    reason: str | None
    created_at: datetime


class Dispute(BaseModel):
    """A seed on which the curators of a queue do not agree, and what each of them thinks."""

    queue_id: int
    queue: str
    seed: SeedRow
    opinions: list[OpinionOut]


class AdjudicationCreate(BaseModel):
    """The last word on a seed in adjudication; `token` makes a repeated post harmless."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    queue_id: Number
    seed_id: Number
    revision_id: Number
    kind: Vote
    reason: Reason | None = None


class Adjudicated(BaseModel):
    """The decision, and the seed after it."""

    decision: DecisionOut
    seed: SeedRow


class Standing(BaseModel):
    """Seeds that somebody decided by hand, and how often others who decided them agreed."""

    user_id: int
    user: str
    today: int
    week: int
    agreement: float | None
    compared: int


class Leaderboard(BaseModel):
    """Who decided how much; no rows where it is switched off, or hidden by the caller."""

    enabled: bool
    hidden: bool
    rows: list[Standing]


class LeaderboardSetting(BaseModel):
    """Whether there is a leaderboard at all, and whether the caller has hidden it."""

    enabled: bool
    hidden: bool


class LeaderboardUpdate(BaseModel):
    """`enabled` is for all and an admin's; `hidden` is the caller's own. Absent fields stay."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool | None = None
    hidden: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.enabled is None and self.hidden is None:
            raise ValueError("send enabled or hidden")
        return self

"""What callers send and see of takedowns."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.review.schemas import SeedIds
from backend.seeds.filters import SeedFilter

TakedownReason = Literal["licence", "request", "privacy", "other"]
Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class TakedownCreate(BaseModel):
    """Seeds of a filter, or those named, that must not be used any more, and why.

    `token` is the caller's own: a repeated post has no second effect, and lifts all of it later.
    `with_children` also takes down the living seeds that models have made from them, and from
    those in turn. `dry_run` counts those that would be taken down and changes nothing.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    reason: TakedownReason
    note: Note = ""
    filter: SeedFilter | None = None
    seed_ids: SeedIds | None = None
    with_children: bool = False
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.filter is None) == (self.seed_ids is None):
            raise ValueError("send either filter or seed_ids")
        return self


class TakedownResult(BaseModel):
    """How many seeds this has taken down, or lifted.

    `already` of those that are meant stand by other takedowns: they may be used again once those
    are lifted, whatever becomes of this one. `children` living seeds that models have made from
    them may be used after it: the same with `with_children` takes them down too.
    """

    batch: UUID
    count: int
    already: int = 0
    children: int = 0


class TakedownOut(BaseModel):
    """Why a seed must not be used; once it is lifted, it says by whom and when."""

    id: int
    seed_id: int
    reason: TakedownReason
    note: str
    batch: UUID
    user: str
    created_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None


class TakedownBatch(BaseModel):
    """Seeds that were taken down at once: how many, how many still are, by whom and why."""

    batch: UUID
    reason: TakedownReason
    note: str
    user: str
    created_at: datetime
    seeds: int
    standing: int
    first_seed_id: int
    lifted_by: str | None
    lifted_at: datetime | None


class TakedownQuery(BaseModel):
    """A page of takedowns: all, or those of a seed, or only those that stand."""

    model_config = ConfigDict(extra="forbid")

    seed_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    standing: bool = False
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50

"""What callers send to decide, and how an event of the history looks."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SkipValidation, model_validator

from backend.seeds.filters import SeedFilter

Kind = Literal[
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "confirm_hit", "dismiss_hit"
]
BulkKind = Literal["accept", "reject", "needs_rewrite", "flag", "unflag"]
EventKind = Literal[
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit", "rewrite",
    "confirm_hit", "dismiss_hit", "keep_duplicate", "dismiss_duplicates", "move", "undo",
    "opinion_accept", "opinion_reject", "opinion_needs_rewrite", "opinion_flag", "opinion_unflag",
    "keep_trace", "reject_trace",
]  # fmt: skip
Number = Annotated[int, Field(ge=1, lt=2**63)]
# Postgres holds no NUL in text.
Reason = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
UserName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
GivenReason = Annotated[Reason, Field(min_length=1)]
SeedIds = Annotated[list[Number], Field(min_length=1, max_length=10_000)]


class DecisionOut(BaseModel):
    """One event: who did what to a seed, when and why; `undone_by` is what took it back.

    `stale`: an opinion on an earlier wording.
    """

    id: int
    seed_id: int
    revision_id: int
    user: str
    kind: str
    reason: str | None
    hit_id: int | None
    sample_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    undoes_id: int | None
    undone_by: int | None
    batch: UUID | None
    queue_id: int | None = None
    stale: bool = False
    created_at: datetime


class DecisionFilter(BaseModel):
    """Which events; `user` is a name. `singles_only` leaves out what was done in bulk."""

    model_config = ConfigDict(extra="forbid")

    seed_id: Number | None = None
    user_id: Number | None = None
    user: UserName | None = None
    kind: EventKind | None = None
    batch: UUID | None = None
    since: AwareDatetime | None = None
    singles_only: bool = False


class DecisionsQuery(DecisionFilter):
    """A page of the events."""

    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class HistoryQuery(BaseModel):
    """Which actions, bulk ones as a whole: all, or only `single` or `bulk` ones."""

    model_config = ConfigDict(extra="forbid")

    user: UserName | None = None
    kind: EventKind | None = None
    since: AwareDatetime | None = None
    only: Literal["single", "bulk"] | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DecisionCreate(BaseModel):
    """One decision; `token` is the caller's own, so that a repeated post has no second effect.

    With `revision_id` the decision holds only for the wording that the curator saw. With `queue_id`
    it is taken in a named queue: where several curators decide there, it is an opinion.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    seed_id: Number
    revision_id: Number | None = None
    kind: Kind
    reason: Reason | None = None
    hit_id: Number | None = None
    queue_id: Number | None = None


class DecisionsCreate(BaseModel):
    """Decisions to take in this order; each gets its own result, also one that cannot be read."""

    model_config = ConfigDict(extra="forbid")

    # Validated one by one by the service, so that a wrong row does not refuse the others.
    decisions: list[SkipValidation[DecisionCreate]] = Field(min_length=1, max_length=500)


class UndoCreate(BaseModel):
    """Take back one decision: by default the caller's last that still stands."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    decision_id: Number | None = None


class RedoCreate(BaseModel):
    """Take back one undo, by the undo's own number: by default the caller's last that stands."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    decision_id: Number | None = None


class OfManySeeds(BaseModel):
    """What is asked of many seeds at once: those of a filter, or those named."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    reason: GivenReason
    filter: SeedFilter | None = None
    seed_ids: SeedIds | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.filter is None) == (self.seed_ids is None):
            raise ValueError("send either filter or seed_ids")
        return self


class BulkCreate(OfManySeeds):
    """One decision for many seeds: those of a filter, or those named."""

    kind: BulkKind


class BatchUndo(BaseModel):
    """Take back a bulk action as one."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    batch: UUID


class SeedsHeld(BaseModel):
    """Seeds on the caller's screen, from a named queue or from all."""

    model_config = ConfigDict(extra="forbid")

    seed_ids: SeedIds
    queue_id: Number | None = None


class SeedsReleased(SeedsHeld):
    """Seeds that left the caller's screen.

    With `leased_until`, as the queue gave it, a lease that was renewed since stays: a page that was
    reloaded keeps what it has got meanwhile.
    """

    leased_until: AwareDatetime | None = None

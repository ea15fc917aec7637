"""What callers send and see of near-duplicates."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.jobs.schemas import JobOut
from backend.review.schemas import Number, SeedIds
from backend.science.near_duplicates import Kind
from backend.seeds.schemas import SeedRow


class GroupRow(BaseModel):
    """A group in a list: `size` counts its seeds, the leader too; `similarity` is the least of any
    member to the leader; `left_out` counts seeds for which the group had no room.
    """

    id: int
    kind: Kind
    leader: SeedRow
    size: int
    similarity: float
    left_out: int
    undecided: bool
    created_at: datetime


class MemberOut(BaseModel):
    """A seed of a group, with its whole prompt.

    `changes` are the [start, end] of words that the leader's prompt does not have, `leader_changes`
    those of the leader that this one does not have; null where the texts are too long to align.
    """

    seed: SeedRow
    prompt: str
    similarity: float
    numbers_differ: bool
    dismissed: bool
    changes: list[tuple[int, int]] | None
    leader_changes: list[tuple[int, int]] | None


class GroupDetail(GroupRow):
    """A group with its members, the most similar first; `members_left` counts those not listed."""

    leader_prompt: str
    members: list[MemberOut]
    members_left: int


class SearchState(BaseModel):
    """Where the search stands.

    `due` seeds are still to be looked at. `no_words` have no word to compare. `left_out` found
    their group full, and `crowded` met a bucket that held more leaders than a seed is compared
    with: of these some duplicates may be missing. `job` is the search that is under way, if any.
    """

    threshold: float
    seeds: int
    copies: int
    variants: int
    due: int
    no_words: int
    left_out: int
    crowded: int
    group_limit: int
    bucket_limit: int
    job: JobOut | None


class _Resolution(BaseModel):
    """`token` is the caller's own, so that a repeated post has no second effect, and the batch by
    which all of it is undone. `seed_ids` are the seeds that the caller saw: others are left alone.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    seed_ids: SeedIds | None = None


class KeepOne(_Resolution):
    """Keep one seed of a group; the others are rejected as its duplicates."""

    seed_id: Number


class Dismissal(_Resolution):
    """The seeds of a group are no duplicates of each other."""


class Resolved(BaseModel):
    """What became of a group: how many events were added, the fields that the kept seed took over
    from the others, and the batch that undoes all of it (`POST /v1/decisions:undo-batch`).
    """

    count: int
    taken_over: list[Literal["domain", "licence", "metadata"]]
    batch: UUID


class GroupsQuery(BaseModel):
    """Which groups; undecided ones have two seeds that nobody rejected or told apart."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    undecided: bool | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50

"""What callers see of what models have proposed."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.science.augmentation_templates import Kind as AugmentationKind
from backend.seeds.filters import Status

Outcome = Literal[
    "made", "cut_off", "not_json", "fields", "not_text", "blank", "placeholder", "too_long",
    "unstorable", "unchanged", "duplicate", "taken",
]  # fmt: skip


class ReplyQuery(BaseModel):
    """Replies of one outcome or all, and a page."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReplyOut(BaseModel):
    """What a run has made of a reply; `reply` is its first 1,000 characters.

    `seed_id` was asked about. `rewrite_id` and `made_seed_id` are what was made of the reply, or
    what stands in its way.
    """

    sample_id: int
    seed_id: int
    revision_id: int
    outcome: Outcome
    said: str | None
    rewrite_id: int | None
    made_seed_id: int | None
    reply: str
    created_at: datetime


class OutcomeShare(BaseModel):
    """How many of a run's replies came to this."""

    outcome: Outcome
    count: int
    share: float


class ProposalSummary(BaseModel):
    """What a run's replies came to; `made` of them became a rewrite or a seed.

    `standing` counts what was made by where it stands now: rewrites by their state, seeds by their
    status. `seeds` were asked about and have at least one.
    """

    run_id: int
    replies: int
    made: int
    seeds: int
    outcomes: list[OutcomeShare]
    standing: dict[str, int]


class SyntheticOrigin(BaseModel):
    """What a synthetic seed was made from, and by whom.

    `proposed_answer` is the model's own, which is not taken for the seed's answer: votes decide.
    """

    model_config = ConfigDict(from_attributes=True)

    parent_id: int
    parent_revision_id: int
    kind: AugmentationKind
    endpoint: str
    template_hash: str
    sample_id: int
    proposed_answer: str
    why: str


class ChildSeed(BaseModel):
    """A seed that a model has made from another."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: AugmentationKind
    status: Status

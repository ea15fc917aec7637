"""What callers send and see of rewrites."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.database import Json
from backend.decontamination.schemas import HitOut
from backend.review.schemas import DecisionOut, GivenReason, Number, UserName
from backend.science.rewrite_rules import Outcome
from backend.science.rewrite_templates import Kind
from backend.science.word_difference import Kind as PieceKind

State = Literal["proposed", "approved", "rejected", "withdrawn"]
Said = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=5000, pattern=r"^[^\x00]*$"
    ),
]  # fmt: skip


class RewriteCreate(BaseModel):
    """A new wording for a seed, with why; `token` is the caller's own.

    `seen` is the revision that the caller read: the rewrite is one of that wording.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    seed_id: Number
    seen: Number
    kind: Kind
    prompt: str
    answer: str | None = None
    why: Said


class RewriteListQuery(BaseModel):
    """Which rewrites, those with the most doubt first; `author` is a user's or endpoint's name.

    `run_id` means those that its replies propose, also where the same was proposed before.
    """

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    kind: Kind | None = None
    seed_id: Number | None = None
    author: UserName | None = None
    by_model: bool | None = None
    run_id: Number | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ApprovalCreate(BaseModel):
    """An approval; an admin may overrule failed checks, and says why."""

    model_config = ConfigDict(extra="forbid")

    overrules: GivenReason | None = None


class RejectionCreate(BaseModel):
    """Why a rewrite is not taken."""

    model_config = ConfigDict(extra="forbid")

    reason: GivenReason


class CommentCreate(BaseModel):
    """Something to say of a rewrite; a repeated token says it once."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    text: Said


class CheckOut(BaseModel):
    """What a check says, why, and where in the rewritten prompt.

    `measured` is false where nothing was measured yet: that is unknown, and counts as no doubt.
    `figures` are what was counted, where a page may draw it.
    """

    name: str
    outcome: Outcome
    evidence: str
    spans: list[tuple[int, int]]
    measured: bool
    figures: Json = {}


class RewriteRow(BaseModel):
    """A rewrite in a list; `prompt` is its first 300 characters there.

    `run_id` is the run that asked a model for it. `failed` and `unknown` are the checks that say
    so. `stale`: the seed reads otherwise by now than the wording that was rewritten. `approvals`
    are the names of those who have approved it, of `approvals_needed`.
    """

    id: int
    seed_id: int
    base_revision_id: int
    revision_id: int
    kind: Kind
    state: State
    why: str
    author: str
    by_model: bool
    run_id: int | None
    prompt: str
    answer: str | None
    failed: list[str]
    unknown: list[str]
    stale: bool
    approvals: list[str]
    approvals_needed: int
    created_at: datetime
    decided_at: datetime | None


class PieceOut(BaseModel):
    """A part of the original, of the rewrite, or of both."""

    kind: PieceKind
    text: str


class CommentOut(BaseModel):
    """What somebody said of a rewrite."""

    id: int
    user: str
    text: str
    created_at: datetime


class RewriteDetail(RewriteRow):
    """A rewrite beside its original, with all that is known about it.

    `decision_id` is the event of its approval while that stands: undo it to take it back.
    `history` are the approvals and what took them back.
    """

    original_prompt: str
    original_answer: str | None
    seed_revision_id: int
    seed_status: str
    difference: list[PieceOut]
    checks: list[CheckOut]
    hits: list[HitOut]
    comments: list[CommentOut]
    reason: str | None
    decided_by: str | None
    decision_id: int | None
    history: list[DecisionOut]

"""Rewrites: proposed wordings, what is known of them, and who approved them."""

from typing import Any, Literal, TypedDict

from dashboard.rows.evidence import Hit
from dashboard.rows.seeds import Decision

REWRITE_STATES = ("proposed", "approved", "rejected", "withdrawn")


class RewriteFilter(TypedDict, total=False):
    """Which rewrites; all that are given must hold."""

    state: str
    kind: str
    author: str
    by_model: bool
    seed_id: int
    run_id: int


class RewriteRow(TypedDict):
    """A rewrite in a list, with the checks that failed and those that are unknown."""

    id: int
    seed_id: int
    base_revision_id: int
    revision_id: int
    kind: str
    state: str
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
    created_at: str
    decided_at: str | None


class RewriteCheck(TypedDict):
    """What a check says; `measured` is false where nothing was measured yet.

    `figures` are what was counted, where there is something to draw.
    """

    name: str
    outcome: Literal["passed", "failed", "unknown"]
    evidence: str
    spans: list[tuple[int, int]]
    measured: bool
    figures: dict[str, Any]


class DifferencePiece(TypedDict):
    """A part of the original, of the rewrite, or of both."""

    kind: Literal["same", "removed", "added"]
    text: str


class RewriteComment(TypedDict):
    """What somebody said of a rewrite."""

    id: int
    user: str
    text: str
    created_at: str


class RewriteDetail(RewriteRow):
    """A rewrite beside its original."""

    original_prompt: str
    original_answer: str | None
    seed_revision_id: int
    seed_status: str
    difference: list[DifferencePiece]
    checks: list[RewriteCheck]
    hits: list[Hit]
    comments: list[RewriteComment]
    reason: str | None
    decided_by: str | None
    decision_id: int | None
    history: list[Decision]

"""What was found out about a teacher's responses: kept to learn from, or rejected and why."""

from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    case,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Json

TRACE_STATES: Final = ("kept", "rejected", "unjudged")
REJECTIONS: Final = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated", "off_guideline",
)  # fmt: skip
KEY_ORIGINS: Final = ("given", "plurality", "tests", "none")
WORDS: Final = ("kept", "rejected")


class Trace(Base):
    """A teacher's response as a trace, verified against a key or under a guideline.

    `run_id` is the run that verified it last, by its rules. Thinking and answer are not stored
    again: `read_trace` reads them from the sample in one pass, and they are most of its bytes.

    `state` is what verification came to: a trace made under a guideline is `unjudged` until a judge
    has told whether it follows it. `judgments` are what judges said, `word` is a curator's, which
    later verifications leave alone; what both come to is `standing`. `counted_by` is who counted
    its tokens: the `server`, an `estimate`, or a tokenizer's name.
    """

    __tablename__ = "trace"
    __table_args__ = (
        CheckConstraint(f"state in {TRACE_STATES}", name="state"),
        CheckConstraint(f"reason in {REJECTIONS}", name="reason"),
        CheckConstraint("(state = 'rejected') = (reason is not null)", name="reason_of_rejected"),
        CheckConstraint(f"key_origin in {KEY_ORIGINS}", name="key_origin"),
        CheckConstraint(f"word in {WORDS}", name="word"),
        Index("ix_trace_run_id", "run_id", "sample_id"),
        Index("ix_trace_revision_id", "revision_id", "sample_id"),
        Index("ix_trace_reason", "reason", "sample_id"),
        Index("ix_trace_guideline_version_id", "guideline_version_id", "sample_id",
              postgresql_where=text("guideline_version_id is not null")),
    )  # fmt: skip

    sample_id: Mapped[int] = mapped_column(
        ForeignKey("sample.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    guideline_version_id: Mapped[int | None] = mapped_column(ForeignKey("guideline_version.id"))
    state: Mapped[str]
    reason: Mapped[str | None]
    evidence: Mapped[Json]
    thinking_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    counted_by: Mapped[str] = mapped_column(server_default="server")
    answer_key: Mapped[str | None]
    key_origin: Mapped[str]
    reference_answer: Mapped[str]
    reference_key: Mapped[str]
    judge_score: Mapped[float | None]
    judgments: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    word: Mapped[str | None]
    word_reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]


# What a curator may keep all the same: nothing that a rule has found.
KEEPABLE: Final = or_(Trace.state != "rejected", Trace.reason == "off_guideline")

standing: Final = case(
    (Trace.word == "rejected", "rejected"),
    (and_(Trace.word == "kept", KEEPABLE), "kept"),
    else_=Trace.state,
)
"""What a trace is for its readers: kept, rejected or unjudged."""


def is_withheld(sample_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a response was verified as a trace and is not to be learned from."""
    return select(Trace).where(Trace.sample_id == sample_id, standing != "kept").exists()


def is_plainly_kept(sample_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a response was verified as a trace against a key, and is kept."""
    return (
        select(Trace)
        .where(
            Trace.sample_id == sample_id, standing == "kept", Trace.guideline_version_id.is_(None)
        )
        .exists()
    )

"""What was found out about a teacher's responses: kept to learn from, or rejected and why."""

from typing import Final

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Json

TRACE_STATES: Final = ("kept", "rejected")
REJECTIONS: Final = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated",
)  # fmt: skip
KEY_ORIGINS: Final = ("given", "plurality", "tests")


class Trace(Base):
    """A teacher's response as a trace, verified against a key.

    `run_id` is the run that verified it last, by its rules. Thinking and answer are not stored
    again: `read_trace` reads them from the sample in one pass, and they are most of its bytes.
    """

    __tablename__ = "trace"
    __table_args__ = (
        CheckConstraint(f"state in {TRACE_STATES}", name="state"),
        CheckConstraint(f"reason in {REJECTIONS}", name="reason"),
        CheckConstraint("(state = 'rejected') = (reason is not null)", name="reason_of_rejected"),
        CheckConstraint(f"key_origin in {KEY_ORIGINS}", name="key_origin"),
        Index("ix_trace_run_id", "run_id", "sample_id"),
        Index("ix_trace_revision_id", "revision_id", "sample_id"),
        Index("ix_trace_reason", "reason", "sample_id"),
    )

    sample_id: Mapped[int] = mapped_column(
        ForeignKey("sample.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    state: Mapped[str]
    reason: Mapped[str | None]
    evidence: Mapped[Json]
    thinking_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    answer_key: Mapped[str | None]
    key_origin: Mapped[str]
    reference_answer: Mapped[str]
    reference_key: Mapped[str]
    judge_score: Mapped[float | None]
    created_at: Mapped[CreatedAt]


def is_rejected(sample_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a response was verified as a trace and is not to be learned from."""
    return select(Trace).where(Trace.sample_id == sample_id, Trace.state == "rejected").exists()

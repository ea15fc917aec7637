"""What models said about seeds, and the verdicts computed from it."""

from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json


class Sample(Base):
    """One response of an endpoint to a seed revision: stored when it arrives, paid for once."""

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint(
            "revision_id", "endpoint_id", "template_hash", "settings_hash", "sample_index",
            name="uq_sample_paid_once",
        ),
        Index("ix_sample_run_id", "run_id", "id"),
    )  # fmt: skip

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    template_hash: Mapped[str]
    settings_hash: Mapped[str]
    sample_index: Mapped[int]
    response: Mapped[str]
    reasoning: Mapped[str | None]
    finish_reason: Mapped[str | None]
    answer: Mapped[str | None]
    answer_key: Mapped[str | None]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8))
    latency_ms: Mapped[int]
    created_at: Mapped[CreatedAt]


class EndpointSpend(Base):
    """What an endpoint's stored samples cost in all, written together with them."""

    __tablename__ = "endpoint_spend"

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoint.id"), primary_key=True, autoincrement=False
    )
    calls: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class Judgment(Base):
    """A judge's parsed rubric verdict of one sample; unscored ones say why and count as neither."""

    __tablename__ = "judgment"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"), index=True)
    rubric_hash: Mapped[str]
    steps: Mapped[int | None]
    difficulty: Mapped[int | None]
    reasons: Mapped[str | None]
    unscored: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class PolicyVersion(Base):
    """Bands, threshold and priors under which verdicts are computed."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    version: Mapped[int]
    settings: Mapped[Json]
    created_at: Mapped[CreatedAt]


class Teachability(Base):
    """The verdict on a seed revision under a policy, and all that it rests on."""

    __tablename__ = "teachability"
    __table_args__ = (
        UniqueConstraint("revision_id", "policy_id", name="uq_teachability_revision_id_policy_id"),
        CheckConstraint("key_origin in ('given', 'plurality', 'none')", name="key_origin"),
    )

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    key_origin: Mapped[str]
    reference_answer: Mapped[str | None]
    reference_key: Mapped[str | None]
    reliability: Mapped[float]
    plurality: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    weak: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    suspect: Mapped[float]
    hard: Mapped[float]
    teachable: Mapped[float]
    easy: Mapped[float]
    score: Mapped[float]
    score_low: Mapped[float]
    score_high: Mapped[float]
    verdict: Mapped[str]
    steps: Mapped[int | None]
    notes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    created_at: Mapped[CreatedAt]

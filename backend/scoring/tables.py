"""What models said about seeds, and the verdicts computed from it.

`run_id` has its type in words: a foreign key to a table that is not imported yet has none.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json


class Sample(Base):
    """One response of an endpoint to a seed revision: stored when it arrives, paid for once."""

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint(
            "revision_id", "endpoint_id", "template_hash", "settings_hash", "sample_index",
            "max_tokens", name="uq_sample_paid_once",
        ),
        Index("ix_sample_run_id", "run_id", "id"),
    )  # fmt: skip

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    run_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("run.id"))
    template_hash: Mapped[str]
    settings_hash: Mapped[str]
    sample_index: Mapped[int]
    max_tokens: Mapped[int]
    response: Mapped[str]
    reasoning: Mapped[str | None]
    finish_reason: Mapped[str | None]
    answer: Mapped[str | None]
    answer_key: Mapped[str | None]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    reasoning_tokens: Mapped[int | None]
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
    reasoning_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class RunSpend(Base):
    """What an endpoint's samples for a run cost, written together with them.

    `cut_off` of them reached their token limit; `failed` calls brought nothing in all attempts.
    """

    __tablename__ = "run_spend"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True, autoincrement=False)
    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoint.id"), primary_key=True, autoincrement=False
    )
    calls: Mapped[int] = mapped_column(server_default="0")
    prompt_tokens: Mapped[int] = mapped_column(server_default="0")
    completion_tokens: Mapped[int] = mapped_column(server_default="0")
    reasoning_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 8), server_default="0")
    cut_off: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")


class EndpointDay(Base):
    """What an endpoint's samples of one day (UTC) cost, written together with them."""

    __tablename__ = "endpoint_day"

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoint.id"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class SourceSpend(Base):
    """What stored samples of a source's seeds cost in all, written together with them."""

    __tablename__ = "source_spend"

    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id"), primary_key=True, autoincrement=False
    )
    calls: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class AnswerEquivalence(Base):
    """Whether two answers to a seed say the same, where their keys alone do not tell.

    `decided_by` is `algebra` or the name of the judge's endpoint, whose reply is `sample_id`.
    `equivalent` is null where it could not be found out: for verdicts they are then different.
    """

    __tablename__ = "answer_equivalence"
    __table_args__ = (
        # Keys are up to a thousand characters long: more than an index entry should hold.
        Index("uq_answer_equivalence_pair", "revision_id", text("md5(first_key)"),
              text("md5(second_key)"), unique=True),
        CheckConstraint('first_key < second_key collate "C"', name="order"),
    )  # fmt: skip

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    first_key: Mapped[str]
    second_key: Mapped[str]
    equivalent: Mapped[bool | None]
    decided_by: Mapped[str]
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("sample.id"))
    created_at: Mapped[CreatedAt]


class CodeTestRun(Base):
    """How a program that a sample holds did on the seed's tests; run again where they change."""

    __tablename__ = "code_test_run"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    tests_hash: Mapped[str] = mapped_column(primary_key=True)
    outcomes: Mapped[list[Any]]
    seconds: Mapped[float]
    created_at: Mapped[CreatedAt]


class Judgment(Base):
    """A judge's parsed rubric verdict of one sample; unscored ones say why and count as neither."""

    __tablename__ = "judgment"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"), index=True)
    rubric_hash: Mapped[str]
    steps: Mapped[int | None]
    difficulty: Mapped[int | None]
    multi_step: Mapped[int | None]
    well_posed: Mapped[int | None]
    verifiable: Mapped[int | None]
    reasons: Mapped[str | None]
    unscored: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Rating(Base):
    """A curator's own rating of a seed by the rubric; a newer one takes its place.

    `withdrawn` takes the curator's earlier ratings of this revision back.
    """

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_revision_id", "revision_id", "user_id", "id"),)

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    rubric_version: Mapped[str]
    steps: Mapped[int | None]
    difficulty: Mapped[int | None]
    multi_step: Mapped[int | None]
    well_posed: Mapped[int | None]
    verifiable: Mapped[int | None]
    withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]


class BatchRequest(Base):
    """A file of requests that a provider works through at its own pace, at a lower price.

    `requests` are the samples that it will bring, so that no one else asks for them meanwhile:
    [revision, sample index] each, and the reason where the provider has refused one for good.
    `answered` and `failed` count them as far as the provider has come, and for good in the end.
    """

    __tablename__ = "batch_request"
    __table_args__ = (
        CheckConstraint(
            "state in ('preparing', 'sent', 'collected', 'failed', 'cancelled')", name="state"
        ),
        Index("ix_batch_request_run_id", "run_id"),
    )

    id: Mapped[Identifier]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    shard: Mapped[int]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    provider_id: Mapped[str | None]
    input_file_id: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="preparing")
    requests: Mapped[list[Any]]
    answered: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


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
        CheckConstraint("key_origin in ('given', 'plurality', 'tests', 'none')", name="key_origin"),
    )

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    run_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("run.id"))
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

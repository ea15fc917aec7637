"""Seeds: prompts with their source, as immutable revisions under one identity."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

STATUSES = ("pending", "accepted", "rejected", "needs_rewrite")
ANSWER_ORIGINS = ("given", "proposed")
VERDICTS = ("suspect", "hard", "teachable", "easy", "unsettled")


def _ordered(name: str, key: str, *first: str, **options: Any) -> Index:
    return Index(name, *first, "status", text(f"{key} nulls last"), text("id desc"), **options)


class Source(Base):
    """Where seeds come from; what is `synthetic` was made by models from other seeds."""

    __tablename__ = "source"

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(unique=True)
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]


class SeedImport(Base):
    """One request or file that brought seeds; it can be taken back.

    `label` is the file's name, `recipe` the public set whose rows it held.
    """

    __tablename__ = "seed_import"
    __table_args__ = (
        UniqueConstraint("created_by", "idempotency_key", name="uq_seed_import_idempotency"),
    )

    id: Mapped[Identifier]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    label: Mapped[str]
    recipe: Mapped[str | None]
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[bytes | None]
    created_count: Mapped[int] = mapped_column(server_default="0")
    updated_count: Mapped[int] = mapped_column(server_default="0")
    unchanged_count: Mapped[int] = mapped_column(server_default="0")
    duplicate_count: Mapped[int] = mapped_column(server_default="0")
    rejected_count: Mapped[int] = mapped_column(server_default="0")
    results: Mapped[list[Any] | None] = mapped_column(deferred=True)
    undone_at: Mapped[datetime | None]


class Seed(Base):
    """A prompt's identity and today's state; the text stands in its revisions.

    `verdict` to `key_conflict` repeat the current teachability for lists and filters, `open_hits`
    the decontamination hits that wait for a curator. They are written together with what they
    repeat. `margin` to `key_conflict` are told in `backend.scoring.signs`.
    `verdict_evidence` is what the verdict was computed from (`backend.scoring.verdict_evidence`),
    `step_counts` what judges counted, in ascending order.
    `answer_origin` is `proposed` where the answer came with a wording that a model wrote, and no
    curator has said that it is right.
    """

    __tablename__ = "seed"
    __table_args__ = (
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"verdict in {VERDICTS}", name="verdict"),
        CheckConstraint(f"answer_origin in {ANSWER_ORIGINS}", name="answer_origin"),
        UniqueConstraint("source_id", "external_id", name="uq_seed_source_id_external_id"),
        Index("uq_seed_content_hash", "content_hash", unique=True,
              postgresql_where=text("withdrawn_at is null")),
        # Each order of the queue and lists, status by status (`backend.seeds.orders`).
        _ordered("ix_seed_queue", "attention desc"),
        _ordered("ix_seed_score", "score desc"),
        _ordered("ix_seed_margin", "margin asc"),
        _ordered("ix_seed_interval_width", "interval_width desc"),
        _ordered("ix_seed_judge_gap", "judge_gap desc"),
        # The usual order under one more condition.
        _ordered("ix_seed_verdict", "attention desc", "verdict"),
        _ordered("ix_seed_domain", "attention desc", "domain"),
        _ordered("ix_seed_source", "attention desc", "source_id"),
        # Few seeds are marked so: the index costs the others nothing.
        _ordered("ix_seed_marked", "attention desc",
                 postgresql_where=text("flagged or tie or key_conflict")),
        Index("ix_seed_open_hits", "id", postgresql_where=text("open_hits > 0")),
        Index("ix_seed_tags", "tags", postgresql_using="gin",
              postgresql_where=text("tags <> '{}'")),
        Index("ix_seed_import_id", "import_id"),
        Index("ix_seed_withdrawn", "id", postgresql_where=text("withdrawn_at is not null")),
    )  # fmt: skip

    id: Mapped[Identifier]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("seed_import.id"))
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("seed_revision.id", deferrable=True, initially="DEFERRED", use_alter=True)
    )
    content_hash: Mapped[bytes]
    domain: Mapped[str | None]
    licence: Mapped[str | None]
    # "metadata" is taken by SQLAlchemy's own attribute.
    extra: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="pending")
    answer_origin: Mapped[str] = mapped_column(server_default="given")
    flagged: Mapped[bool] = mapped_column(server_default=text("false"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    verdict: Mapped[str | None]
    score: Mapped[float | None]
    agreement: Mapped[float | None]
    reliability: Mapped[float | None]
    steps: Mapped[int | None]
    attention: Mapped[float | None]
    margin: Mapped[float | None]
    tie: Mapped[bool | None]
    interval_width: Mapped[float | None]
    judge_gap: Mapped[float | None]
    key_conflict: Mapped[bool | None]
    verdict_evidence: Mapped[str | None]
    step_counts: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    open_hits: Mapped[int] = mapped_column(server_default="0")
    checked_index: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("benchmark_index.id"))
    created_at: Mapped[CreatedAt]
    withdrawn_at: Mapped[datetime | None]


class SeedRevision(Base):
    """One immutable wording of a seed and its given answer."""

    __tablename__ = "seed_revision"
    __table_args__ = (
        UniqueConstraint("seed_id", "number", name="uq_seed_revision_seed_id_number"),
        CheckConstraint("origin in ('import', 'edit', 'rewrite')", name="origin"),
        Index("ix_seed_revision_import_id", "import_id"),
    )

    id: Mapped[Identifier]
    seed_id: Mapped[int] = mapped_column(
        ForeignKey("seed.id", deferrable=True, initially="DEFERRED")
    )
    number: Mapped[int]
    prompt: Mapped[str]
    answer: Mapped[str | None]
    content_hash: Mapped[bytes]
    origin: Mapped[str]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("seed_import.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]


class SeedText(Base):
    """What the full text search knows of a seed; null where its wording is still to be read.

    The seed is no foreign key: readers never wait for whoever holds it (`backend.seeds.full_text`).
    """

    __tablename__ = "seed_text"
    __table_args__ = (
        Index("ix_seed_text_words", "words", postgresql_using="gin",
              postgresql_where=text("words is not null")),
        Index("ix_seed_text_pieces", "pieces", postgresql_using="gin",
              postgresql_ops={"pieces": "gin_trgm_ops"},
              postgresql_where=text("pieces is not null")),
        Index("ix_seed_text_unread", "seed_id", postgresql_where=text("words is null")),
    )  # fmt: skip

    seed_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    words: Mapped[Any] = mapped_column(TSVECTOR, nullable=True)
    pieces: Mapped[str | None]


class ImportChange(Base):
    """What a seed was before an import changed it, so that the import can be taken back."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_import_id", "import_id"),)

    id: Mapped[Identifier]
    import_id: Mapped[int] = mapped_column(ForeignKey("seed_import.id"))
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"), index=True)
    before: Mapped[Json]

"""Benchmarks, their items, the policies of checks, and the seeds found in benchmarks."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    Sequence,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json
from backend.science.contamination import ACTIONS, METHODS, VERDICTS
from backend.science.judged_pairs import JUDGE_VERDICTS

STATES = ("open", "confirmed", "dismissed")
ITEM_VERSIONS = Sequence("benchmark_item_version_seq", metadata=Base.metadata)


class Benchmark(Base):
    """An evaluation set, in one version and split, that training data must not hold.

    `changed_at` is when items were last added or reworded.
    `stands_for` is what a curator said of its name in reports; null where its own name decides.
    Items of a `gated` one are never shown beyond what a seed holds as well.
    """

    __tablename__ = "benchmark"
    __table_args__ = (UniqueConstraint("name", "version", "split"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    version: Mapped[str]
    split: Mapped[str]
    licence: Mapped[str | None]
    gated: Mapped[bool] = mapped_column(server_default="false")
    stands_for: Mapped[str | None]
    item_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BenchmarkItem(Base):
    """One question of a benchmark.

    `version` is higher than that of every item that was added or reworded before: a seed that was
    checked once needs to be compared with the items of higher versions only.
    """

    __tablename__ = "benchmark_item"
    __table_args__ = (
        UniqueConstraint("benchmark_id", "external_id"),
        Index("ix_benchmark_item_version", "version"),
    )

    id: Mapped[Identifier]
    benchmark_id: Mapped[int] = mapped_column(ForeignKey("benchmark.id"))
    external_id: Mapped[str]
    text: Mapped[str]
    version: Mapped[int] = mapped_column(
        server_default=ITEM_VERSIONS.next_value(), onupdate=ITEM_VERSIONS.next_value()
    )


class DecontaminationPolicyVersion(Base):
    """What counts as a hit and what a hit stops, in numbered versions that never change."""

    __tablename__ = "decontamination_policy"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    version: Mapped[int]
    settings: Mapped[Json]
    created_at: Mapped[CreatedAt]


class IndexVersion(Base):
    """What seeds are checked against: all items up to a version, under a policy."""

    __tablename__ = "benchmark_index"
    __table_args__ = (UniqueConstraint("policy_id", "newest_item"),)

    id: Mapped[Identifier]
    policy_id: Mapped[int] = mapped_column(ForeignKey("decontamination_policy.id"))
    newest_item: Mapped[int]
    created_at: Mapped[CreatedAt]


class DecontaminationHit(Base):
    """Evidence that a seed revision stands in a benchmark; decisions confirm or dismiss it.

    A hit is about two texts: `item_hash` is the SHA-256 of the item's text when it was compared, so
    an item that is reworded later has hits of its own. `inherited_from` is the hit on the same two
    texts whose word, a curator's, this one has as its own.
    """

    __tablename__ = "decontamination_hit"
    __table_args__ = (
        UniqueConstraint(
            "revision_id", "item_id", "item_hash", name="uq_decontamination_hit_pair"
        ),
        CheckConstraint(f"verdict in {VERDICTS}", name="verdict"),
        CheckConstraint(f"method in {METHODS}", name="method"),
        CheckConstraint(f"action in {ACTIONS}", name="action"),
        CheckConstraint(f"state in {STATES}", name="state"),
        Index("ix_decontamination_hit_item_id", "item_id"),
        Index("ix_decontamination_hit_item_hash", "item_hash"),
        Index(
            "ix_decontamination_hit_inherited_from", "inherited_from",
            postgresql_where=text("inherited_from is not null"),
        ),
    )  # fmt: skip

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("benchmark_item.id"))
    item_hash: Mapped[bytes]
    verdict: Mapped[str]
    method: Mapped[str]
    action: Mapped[str]
    score: Mapped[float]
    coverage_item: Mapped[float]
    coverage_seed: Mapped[float]
    longest_words: Mapped[int]
    spans: Mapped[list[Any]]
    seed_numbers: Mapped[list[Any]]
    item_numbers: Mapped[list[Any]]
    evidence: Mapped[Json | None]
    index_id: Mapped[int] = mapped_column(ForeignKey("benchmark_index.id"))
    state: Mapped[str] = mapped_column(server_default="open")
    inherited_from: Mapped[int | None] = mapped_column(ForeignKey("decontamination_hit.id"))
    settled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class WaitingWording(Base):
    """A revision that is not its seed's current one and is checked all the same.

    `index_id` is what it was checked against, null before the first check. It is kept up to date
    while it is `wanted`.
    """

    __tablename__ = "waiting_wording"
    __table_args__ = (
        Index("ix_waiting_wording_wanted", "revision_id", postgresql_where=text("wanted")),
    )

    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"), primary_key=True)
    index_id: Mapped[int | None] = mapped_column(ForeignKey("benchmark_index.id"))
    wanted: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]


class TextEmbedding(Base):
    """The vector of a text, of a seed or an item, by an endpoint: stored when it came, paid once.

    An endpoint's model never changes, so it is no part of the key. `text_hash` is the text's
    SHA-256, `vector` as `science.embeddings.packed` makes it; null where the server refuses the
    text, and `refusal` says why.
    """

    __tablename__ = "text_embedding"
    __table_args__ = (CheckConstraint("(vector is null) <> (refusal is null)", name="outcome"),)

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True)
    text_hash: Mapped[bytes] = mapped_column(primary_key=True)
    vector: Mapped[bytes | None]
    refusal: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class PairJudgment(Base):
    """What a judge's endpoint said of a seed's text and an item's: stored when it came, paid once.

    Both texts by their SHA-256, the question by its hash. `reason` is null for items of gated
    benchmarks. `cut_off_at` is the token limit that cut the reply off: under a higher one the pair
    may be asked about again.
    """

    __tablename__ = "pair_judgment"
    __table_args__ = (
        CheckConstraint(f"verdict in {JUDGE_VERDICTS}", name="verdict"),
        Index("ix_pair_judgment_seed_hash", "seed_hash"),
    )

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True)
    question_hash: Mapped[bytes] = mapped_column(primary_key=True)
    seed_hash: Mapped[bytes] = mapped_column(primary_key=True)
    item_hash: Mapped[bytes] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    reason: Mapped[str | None]
    cut_off_at: Mapped[int | None]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8))
    created_at: Mapped[CreatedAt]

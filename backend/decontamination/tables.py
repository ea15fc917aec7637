"""Benchmarks, their items, and the seeds found in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier


class Benchmark(Base):
    """An evaluation set, in one version and split, that training data must not hold.

    `changed_at` is when items were last added or reworded: seeds checked before are checked again.
    """

    __tablename__ = "benchmark"
    __table_args__ = (UniqueConstraint("name", "version", "split"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    version: Mapped[str]
    split: Mapped[str]
    licence: Mapped[str | None]
    item_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BenchmarkItem(Base):
    """One question of a benchmark."""

    __tablename__ = "benchmark_item"
    __table_args__ = (UniqueConstraint("benchmark_id", "external_id"),)

    id: Mapped[Identifier]
    benchmark_id: Mapped[int] = mapped_column(ForeignKey("benchmark.id"))
    external_id: Mapped[str]
    text: Mapped[str]


class DecontaminationHit(Base):
    """Evidence that a seed revision stands in a benchmark; decisions confirm or dismiss it."""

    __tablename__ = "decontamination_hit"
    __table_args__ = (
        UniqueConstraint("revision_id", "item_id", name="uq_decontamination_hit_pair"),
        Index("ix_decontamination_hit_item_id", "item_id"),
    )

    id: Mapped[Identifier]
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("benchmark_item.id"))
    method: Mapped[str]
    coverage_item: Mapped[float]
    coverage_seed: Mapped[float]
    longest_words: Mapped[int]
    spans: Mapped[list[Any]]
    policy: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[CreatedAt]

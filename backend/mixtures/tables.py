"""Mixtures: recipes that change, and versions of them that never do."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

SPLITS: Final = ("train", "validation")
LEFT_OUT: Final = ("taken_down", "hit", "difficulty", "no_difficulty", "no_trace", "no_copies")


class Mixture(Base):
    """A recipe under a name. `edition` counts its changes, so that nobody overwrites unseen ones.

    `parent_id`: it was made as a sibling of that one, for an ablation.
    """

    __tablename__ = "mixture"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    recipe: Mapped[Json]
    edition: Mapped[int] = mapped_column(server_default="1")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("mixture.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class MixtureVersion(Base):
    """A mixture as it was once: whole where it has its hash, and unchanged from then on.

    `figures` are what the preview showed of it, `rows_hash` is over all rows in their order, and
    `facts` what else a card says of it (`backend.mixtures.facts`).
    """

    __tablename__ = "mixture_version"
    __table_args__ = (
        UniqueConstraint("mixture_id", "number"),
        CheckConstraint("(rows_hash is null) = (frozen_at is null)", name="frozen"),
    )

    id: Mapped[Identifier]
    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"))
    number: Mapped[int]
    recipe: Mapped[Json]
    figures: Mapped[Json | None]
    rows_hash: Mapped[str | None]
    facts: Mapped[Json | None]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    frozen_at: Mapped[datetime | None]


class MixtureRow(Base):
    """What is trained on at a position: a wording, its trace (none: the prompt alone), which copy.

    `weight` is the epochs of its cell: how many copies an example of it has on average. `family` is
    the least number among the version's seeds that stand on one side of the split together.
    """

    __tablename__ = "mixture_row"
    __table_args__ = (
        CheckConstraint(f"split in {SPLITS}", name="split"),
        Index("ix_mixture_row_seed_id", "seed_id", "version_id"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("mixture_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("sample.id"))
    copy: Mapped[int]
    weight: Mapped[float]
    split: Mapped[str]
    tokens: Mapped[int]
    family: Mapped[int]


class MixtureSeed(Base):
    """What was known of a wording when a version that holds it was frozen.

    Verdicts, domains and words on hits change; what a version says of its rows does not.
    """

    __tablename__ = "mixture_seed"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("mixture_version.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("seed_revision.id"), primary_key=True, autoincrement=False
    )
    domain: Mapped[str | None]
    licence: Mapped[str | None]
    verdict: Mapped[str | None]
    score: Mapped[float | None]
    reliability: Mapped[float | None]
    key_origin: Mapped[str | None]
    reference_answer: Mapped[str | None]
    policy: Mapped[str | None]
    confirmed_hits: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class MixtureLeftOut(Base):
    """An accepted seed that a version's recipe meant and that is not in it, and why."""

    __tablename__ = "mixture_left_out"
    __table_args__ = (CheckConstraint(f"reason in {LEFT_OUT}", name="reason"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("mixture_version.id"), primary_key=True)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"), primary_key=True)
    reason: Mapped[str]

"""Near-duplicates among seeds: sketches in bands, groups, and the seeds still to be looked at.

All of it can be computed again from the seeds, and none of it refers to them by a foreign key: a
search never waits for whoever holds a seed, and nobody who holds one waits in a circle for it.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier

STANDINGS = ("leader", "copy", "left_out", "no_words")
NOTED = ("left_out", "no_words")
KINDS = ("copies", "variants")


class DuplicateDue(Base):
    """A seed that is new, has another wording, was withdrawn, or has lost its group's leader."""

    __tablename__ = "duplicate_due"

    seed_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class DuplicateSketch(Base):
    """What the search made of a seed's wording.

    Leaders stand in the bands. A copy has a leader, and so has a seed that was left out because
    that one's group is full. `crowded`: a bucket of it held more leaders than are compared.
    """

    __tablename__ = "duplicate_sketch"
    __table_args__ = (
        CheckConstraint(f"standing in {STANDINGS}", name="standing"),
        Index("ix_duplicate_sketch_leader_id", "leader_id",
              postgresql_where=text("leader_id is not null")),
        Index("ix_duplicate_sketch_noted", "standing", "crowded",
              postgresql_where=text(f"crowded or standing in {NOTED}")),
    )  # fmt: skip

    seed_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision_id: Mapped[int]
    standing: Mapped[str]
    leader_id: Mapped[int | None]
    crowded: Mapped[bool]


class DuplicateBand(Base):
    """A leader in the bucket of one of its bands; the band's number is part of the key's hash."""

    __tablename__ = "duplicate_band"

    # No more columns and no serial number: there are some twenty rows to a seed.
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class DuplicateGroup(Base):
    """Seeds that are near-duplicates of one leader: copies, or variants with other numbers.

    `left_out` counts those for which the group had no room.
    """

    __tablename__ = "duplicate_group"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        UniqueConstraint("leader_id", "kind"),
    )

    id: Mapped[Identifier]
    kind: Mapped[str]
    leader_id: Mapped[int]
    left_out: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]


class DuplicateMember(Base):
    """A seed of a group besides its leader, and the exact similarity to that one."""

    __tablename__ = "duplicate_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("duplicate_group.id"), primary_key=True)
    seed_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    similarity: Mapped[float]

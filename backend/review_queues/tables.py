"""Named queues, what several curators think of one seed, and how far they are with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

MOST_OVERLAP = 5
ROUND_STATES = ("open", "waiting", "settled")
VOTES = ("accept", "reject", "needs_rewrite")


class ReviewQueue(Base):
    """A named part of the work: a filter, an order, and how many curators decide each seed.

    With an overlap of one it is the plain queue kept to its filter.
    """

    __tablename__ = "review_queue"
    __table_args__ = (CheckConstraint(f"overlap between 1 and {MOST_OVERLAP}", name="overlap"),)

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(unique=True)
    filter: Mapped[Json]
    sort: Mapped[str]
    overlap: Mapped[int]
    instructions: Mapped[str]
    token: Mapped[UUID] = mapped_column(unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]


class QueueCurator(Base):
    """A curator who is assigned to a queue; a queue with none is everybody's."""

    __tablename__ = "review_queue_curator"

    queue_id: Mapped[int] = mapped_column(ForeignKey("review_queue.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class ReviewRound(Base):
    """One wording of a seed in a queue with overlap, from its first opinion on.

    `open` needs more opinions, `waiting` has all of them and no agreement, `settled` was decided
    through the queue. `status` is what the seed's was when the round began: a seed whose status is
    another by now was decided over the heads of the queue, and waits for nobody.
    """

    __tablename__ = "review_round"
    __table_args__ = (
        CheckConstraint(f"state in {ROUND_STATES}", name="state"),
        Index("ix_review_round_unsettled", "queue_id", "state", "seed_id",
              postgresql_where=sql("state <> 'settled'")),
        Index("ix_review_round_seed_id", "seed_id"),
    )  # fmt: skip

    queue_id: Mapped[int] = mapped_column(ForeignKey("review_queue.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("seed_revision.id"), primary_key=True)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"))
    status: Mapped[str]
    state: Mapped[str]


class Opinion(Base):
    """What a curator thinks of a wording: the fold of their opinion events, as they stand.

    `kind` is null where they have only flagged it so far. `decision_id` is the event that made it
    what it is.
    """

    __tablename__ = "opinion"
    __table_args__ = (
        ForeignKeyConstraint(
            ["queue_id", "revision_id"], ["review_round.queue_id", "review_round.revision_id"]
        ),
        CheckConstraint(f"kind in {VOTES}", name="kind"),
        Index("ix_opinion_user_id", "user_id"),
    )

    queue_id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    kind: Mapped[str | None]
    flagged: Mapped[bool]
    reason: Mapped[str | None]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))


class OverlapLease(Base):
    """A seed on the screen of one of several curators until `expires_at`."""

    __tablename__ = "overlap_lease"
    __table_args__ = (
        Index("ix_overlap_lease_seed_id", "seed_id"),
        Index("ix_overlap_lease_user_id", "user_id"),
    )

    queue_id: Mapped[int] = mapped_column(ForeignKey("review_queue.id"), primary_key=True)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    expires_at: Mapped[datetime]


class LeaderboardHidden(Base):
    """Who has hidden the leaderboard; without a user an admin has, from all."""

    __tablename__ = "leaderboard_hidden"
    __table_args__ = (
        UniqueConstraint(
            "user_id", name="uq_leaderboard_hidden_user_id", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[Identifier]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]

"""review queues with overlap

Revision ID: 6e1f8a35c0d9
Revises: 5c1e7a90d3b4
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6e1f8a35c0d9"
down_revision = "5c1e7a90d3b4"
branch_labels = None
depends_on = None

_KINDS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit",
    "confirm_hit", "dismiss_hit", "dismiss_duplicates", "undo",
)  # fmt: skip
_OPINIONS = (
    "opinion_accept", "opinion_reject", "opinion_needs_rewrite", "opinion_flag", "opinion_unflag",
)  # fmt: skip


def upgrade() -> None:
    _create_queues()
    _set_kinds((*_KINDS, *_OPINIONS))
    op.add_column("decision", sa.Column("queue_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decision_queue_id_review_queue"), "decision", "review_queue", ["queue_id"], ["id"]
    )
    op.create_index(
        "ix_decision_queue_id", "decision", ["queue_id", "id"],
        postgresql_where=sa.text("queue_id is not null"),
    )  # fmt: skip
    _create_rounds()
    op.create_table(
        "overlap_lease",
        _reference("queue_id", "overlap_lease", "review_queue"),
        _reference("seed_id", "overlap_lease", "seed"),
        _reference("user_id", "overlap_lease", "user_account"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "seed_id", "user_id", name=op.f("pk_overlap_lease")),
    )
    op.create_index("ix_overlap_lease_seed_id", "overlap_lease", ["seed_id"])
    op.create_index("ix_overlap_lease_user_id", "overlap_lease", ["user_id"])
    op.create_table(
        "leaderboard_hidden",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _reference("user_id", "leaderboard_hidden", "user_account", nullable=True),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboard_hidden")),
        sa.UniqueConstraint(
            "user_id", name="uq_leaderboard_hidden_user_id", postgresql_nulls_not_distinct=True
        ),
    )


def downgrade() -> None:
    op.drop_table("leaderboard_hidden")
    op.drop_table("overlap_lease")
    op.drop_table("opinion")
    op.drop_table("review_round")
    op.drop_index("ix_decision_queue_id", table_name="decision")
    op.drop_column("decision", "queue_id")
    # Opinions change no seed: without queues they, and what took them back, mean nothing.
    op.execute("delete from decision where after ? 'opinion'")
    _set_kinds(_KINDS)
    op.drop_table("review_queue_curator")
    op.drop_table("review_queue")


def _create_queues() -> None:
    op.create_table(
        "review_queue",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("overlap", sa.BigInteger(), nullable=False),
        sa.Column("instructions", sa.String(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        _reference("created_by", "review_queue", "user_account"),
        _created_at(),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("overlap between 1 and 5", name=op.f("ck_review_queue_overlap")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_queue")),
        sa.UniqueConstraint("name", name=op.f("uq_review_queue_name")),
        sa.UniqueConstraint("token", name=op.f("uq_review_queue_token")),
    )
    op.create_table(
        "review_queue_curator",
        _reference("queue_id", "review_queue_curator", "review_queue"),
        _reference("user_id", "review_queue_curator", "user_account"),
        sa.PrimaryKeyConstraint("queue_id", "user_id", name=op.f("pk_review_queue_curator")),
    )


def _create_rounds() -> None:
    op.create_table(
        "review_round",
        _reference("queue_id", "review_round", "review_queue"),
        _reference("revision_id", "review_round", "seed_revision"),
        _reference("seed_id", "review_round", "seed"),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'waiting', 'settled')", name=op.f("ck_review_round_state")
        ),
        sa.PrimaryKeyConstraint("queue_id", "revision_id", name=op.f("pk_review_round")),
    )
    op.create_index(
        "ix_review_round_unsettled", "review_round", ["queue_id", "state", "seed_id"],
        postgresql_where=sa.text("state <> 'settled'"),
    )  # fmt: skip
    op.create_index("ix_review_round_seed_id", "review_round", ["seed_id"])
    op.create_table(
        "opinion",
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        _reference("user_id", "opinion", "user_account"),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        _reference("decision_id", "opinion", "decision"),
        sa.CheckConstraint(
            "kind in ('accept', 'reject', 'needs_rewrite')", name=op.f("ck_opinion_kind")
        ),
        sa.ForeignKeyConstraint(
            ["queue_id", "revision_id"], ["review_round.queue_id", "review_round.revision_id"],
            name=op.f("fk_opinion_queue_id_revision_id_review_round"),
        ),
        sa.PrimaryKeyConstraint("queue_id", "revision_id", "user_id", name=op.f("pk_opinion")),
    )  # fmt: skip
    op.create_index("ix_opinion_user_id", "opinion", ["user_id"])


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{other}")
    key = sa.ForeignKey(f"{other}.id", name=name)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _set_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_decision_kind"), "decision", type_="check")
    op.create_check_constraint(op.f("ck_decision_kind"), "decision", f"kind in {kinds}")

"""bulk actions as rows of their own, and indexes for the history

Revision ID: 5c0e7a91d3f4
Revises: d7a2c94e1b50
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5c0e7a91d3f4"
down_revision = "d7a2c94e1b50"
branch_labels = None
depends_on = None

_KINDS = (
    "accept", "reject", "needs_rewrite", "flag", "unflag", "keep_duplicate", "dismiss_duplicates",
    "undo",
)  # fmt: skip
# In the order in which they happened, since the history is read by number.
_FROM_EVENTS = """
    insert into decision_batch
        (batch, user_id, kind, reason, undoes, count, undone_count, created_at)
    select event.batch, min(event.user_id),
        case when bool_or(event.kind = 'edit') then 'keep_duplicate' else min(event.kind) end,
        case when bool_or(event.kind = 'edit') then null else max(event.reason) end,
        max(undone.batch::text)::uuid, count(*), count(undoing.id), min(event.created_at)
    from decision event
    left join decision undone on undone.id = event.undoes_id
    left join decision undoing on undoing.undoes_id = event.id
    where event.batch is not null
    group by event.batch
    order by min(event.id)
"""


def upgrade() -> None:
    op.create_table(
        "decision_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("filter", postgresql.JSONB(), nullable=True),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("left_out", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("undone_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(f"kind in {_KINDS}", name=op.f("ck_decision_batch_kind")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_decision_batch_job_id_job")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_decision_batch_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_batch")),
        sa.UniqueConstraint("batch", name="uq_decision_batch_batch"),
    )  # fmt: skip
    op.execute(_FROM_EVENTS)
    op.create_index("ix_decision_batch_undoes", "decision_batch", ["undoes", "id"])
    op.create_index("ix_decision_batch_user_id", "decision_batch", ["user_id", "id"])
    op.drop_index("ix_decision_batch", "decision")
    for name, columns, condition in _INDEXES:
        op.create_index(name, "decision", columns, postgresql_where=sa.text(condition))


_INDEXES = (
    ("ix_decision_batch", ["batch", "id"], "batch is not null"),
    ("ix_decision_single", ["id"], "batch is null"),
    ("ix_decision_single_kind", ["kind", "id"], "batch is null"),
    ("ix_decision_single_user_id", ["user_id", "id"], "batch is null"),
    ("ix_decision_undo", ["user_id", "id"], "kind = 'undo'"),
)


def downgrade() -> None:
    for name, _, _ in _INDEXES:
        op.drop_index(name, "decision")
    op.create_index("ix_decision_batch", "decision", ["batch"])
    op.drop_table("decision_batch")

"""queues and batches

Revision ID: 5d1c7be0a2f4
Revises: 469151f283fb
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d1c7be0a2f4"
down_revision = "469151f283fb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("queue", sa.String(), server_default="seedbed", nullable=False))
    op.add_column(
        "worker_heartbeat",
        sa.Column(
            "queues",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[\"seedbed\"]'"),
            nullable=False,
        ),
    )
    op.create_table(
        "batch_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("input_file_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="preparing", nullable=False),
        sa.Column("requests", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('preparing', 'sent', 'collected', 'failed', 'cancelled')",
            name=op.f("ck_batch_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_batch_request_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_batch_request_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_request")),
    )
    op.create_index("ix_batch_request_run_id", "batch_request", ["run_id"], unique=False)


def downgrade() -> None:
    op.drop_table("batch_request")
    op.drop_column("worker_heartbeat", "queues")
    op.drop_column("job", "queue")

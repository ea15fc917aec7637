"""endpoints runs and jobs

Revision ID: a21194fc43af
Revises: 79dd3ca631bc
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a21194fc43af"
down_revision = "79dd3ca631bc"
branch_labels = None
depends_on = None


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    _create_endpoint()
    _create_policy()
    _create_worker_heartbeat()
    _create_run()
    _create_job()
    _create_run_item()


def _create_endpoint() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("key_variable", sa.String(), nullable=True),
        sa.Column("sampling", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "input_price", sa.Numeric(precision=12, scale=6), server_default="0", nullable=False
        ),
        sa.Column(
            "output_price", sa.Numeric(precision=12, scale=6), server_default="0", nullable=False
        ),
        sa.Column("max_in_flight", sa.BigInteger(), server_default="64", nullable=False),
        sa.Column("requests_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("tokens_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("timeout_seconds", sa.Double(), server_default="120", nullable=False),
        sa.Column("samples_per_request", sa.BigInteger(), server_default="1", nullable=False),
        _created_at(),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('reference', 'weak', 'judge', 'teacher')", name=op.f("ck_endpoint_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoint_name")),
    )


def _create_policy() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policy_name_version")),
    )


def _create_worker_heartbeat() -> None:
    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeat")),
    )


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="running", nullable=False),
        sa.Column("max_calls", sa.BigInteger(), nullable=True),
        sa.Column("max_tokens", sa.BigInteger(), nullable=True),
        sa.Column("max_cost", sa.Numeric(precision=14, scale=6), nullable=True),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=6), server_default="0", nullable=False),
        sa.Column("seeds_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seeds_scored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seeds_failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('running', 'paused', 'cancelled', 'finished', 'stopped')",
            name=op.f("ck_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_run_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_run_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_count", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        _created_at(),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_job_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_job_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["dispatched_at"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'running')"),
    )
    op.create_index(op.f("ix_job_run_id"), "job", ["run_id"], unique=False)


def _create_run_item() -> None:
    op.create_table(
        "run_item",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("calibrates", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('pending', 'scored', 'failed')", name=op.f("ck_run_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_run_item_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_item_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "revision_id", name=op.f("pk_run_item")),
    )
    op.create_index(
        "ix_run_item_calibrates",
        "run_item",
        ["revision_id"],
        unique=False,
        postgresql_where=sa.text("calibrates"),
    )
    op.create_index(
        "ix_run_item_pending",
        "run_item",
        ["run_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_run_item_revision_id", "run_item", ["revision_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_run_item_revision_id", table_name="run_item")
    op.drop_index(
        "ix_run_item_pending", table_name="run_item", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index(
        "ix_run_item_calibrates", table_name="run_item", postgresql_where=sa.text("calibrates")
    )
    op.drop_table("run_item")
    op.drop_index(op.f("ix_job_run_id"), table_name="job")
    op.drop_index(
        "ix_job_open", table_name="job", postgresql_where=sa.text("state in ('queued', 'running')")
    )
    op.drop_table("job")
    op.drop_table("run")
    op.drop_table("worker_heartbeat")
    op.drop_table("policy")
    op.drop_table("endpoint")

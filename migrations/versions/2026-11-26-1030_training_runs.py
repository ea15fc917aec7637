"""training runs, their metrics, and checkpoints

Revision ID: 8d3f61b0a7c4
Revises: 4f7a2c9e6d13
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8d3f61b0a7c4"
down_revision = "4f7a2c9e6d13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_runs()
    _create_metrics()
    _create_checkpoints()
    op.create_foreign_key(
        op.f("fk_training_run_parent_checkpoint_id_checkpoint"),
        "training_run", "checkpoint", ["parent_checkpoint_id"], ["id"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_training_run_parent_checkpoint_id_checkpoint"), "training_run", type_="foreignkey"
    )
    for table in ("checkpoint", "training_metric", "training_run"):
        op.drop_table(table)


def _create_runs() -> None:
    op.create_table(
        "training_run",
        _identifier(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _reference("export_id", "training_run", "export"),
        sa.Column("parent_checkpoint_id", sa.BigInteger(), nullable=True),
        _json("recipe"),
        _json("target"),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        _json("checks", nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("note", "cause", "error")),
        _json("failure", nullable=True),
        sa.Column("folder", sa.String(), nullable=False),
        _json("handle", nullable=True),
        sa.Column("code_version", sa.String(), nullable=True),
        sa.Column("metrics_read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("metric_count", sa.BigInteger(), server_default="0", nullable=False),
        _reference("job_id", "training_run", "job", nullable=True),
        _reference("created_by", "training_run", "user_account"),
        _now("created_at"),
        _time("cancel_asked_at"),
        _reference("cancelled_by", "training_run", "user_account", nullable=True),
        _time("started_at"),
        _time("finished_at"),
        sa.CheckConstraint("kind in ('sft', 'grpo')", name=op.f("ck_training_run_kind")),
        sa.CheckConstraint(
            "state in ('pending', 'checking', 'starting', 'running', 'finished', 'failed', "
            "'cancelled')",
            name=op.f("ck_training_run_state"),
        ),
        sa.CheckConstraint(
            "cause in ('export', 'preflight', 'launch', 'out_of_memory', 'communication', "
            "'bad_row', 'bad_data', 'disk', 'time_limit', 'killed', 'lost', 'other')",
            name=op.f("ck_training_run_cause"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_run")),
    )
    op.create_index(op.f("ix_training_run_export_id"), "training_run", ["export_id"])


def _create_metrics() -> None:
    op.create_table(
        "training_metric",
        _reference("run_id", "training_metric", "training_run"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _time("logged_at"),
        _json("values"),
        sa.CheckConstraint(
            "kind in ('train', 'validation', 'summary')", name=op.f("ck_training_metric_kind")
        ),
        sa.PrimaryKeyConstraint("run_id", "kind", "step", name=op.f("pk_training_metric")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_training_metric_run_id_position")),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoint",
        _identifier(),
        _reference("run_id", "checkpoint", "training_run"),
        _reference("export_id", "checkpoint", "export"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        _json("metrics"),
        _json("recipe"),
        sa.Column("code_version", sa.String(), nullable=True),
        _json("lineage", nullable=True),
        _json("files"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint(
            "run_id", "step", "is_final", name=op.f("uq_checkpoint_run_id_step_is_final")
        ),
    )
    op.create_index(op.f("ix_checkpoint_export_id"), "checkpoint", ["export_id"])


def _identifier() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{other}")
    key = sa.ForeignKey(f"{other}.id", name=name)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )

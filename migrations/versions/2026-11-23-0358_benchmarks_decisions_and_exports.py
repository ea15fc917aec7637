"""benchmarks decisions and exports

Revision ID: 998fd329805f
Revises: e97aafd50b18
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "998fd329805f"
down_revision = "e97aafd50b18"
branch_labels = None
depends_on = None


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    _create_benchmark()
    _create_benchmark_item()
    _create_export()
    _create_lease()
    _create_decontamination_hit()
    _create_decision()


def _create_benchmark() -> None:
    op.create_table(
        "benchmark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("item_count", sa.BigInteger(), server_default="0", nullable=False),
        _created_at(),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark")),
        sa.UniqueConstraint(
            "name", "version", "split", name=op.f("uq_benchmark_name_version_split")
        ),
    )


def _create_benchmark_item() -> None:
    op.create_table(
        "benchmark_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("benchmark_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["benchmark.id"],
            name=op.f("fk_benchmark_item_benchmark_id_benchmark"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_item")),
        sa.UniqueConstraint(
            "benchmark_id", "external_id", name=op.f("uq_benchmark_item_benchmark_id_external_id")
        ),
    )


def _create_export() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("folder", sa.String(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("layout in ('sft', 'rl')", name=op.f("ck_export_layout")),
        sa.CheckConstraint(
            "state in ('pending', 'finished', 'failed')", name=op.f("ck_export_state")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_export_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name=op.f("fk_lease_seed_id_seed")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_lease_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_user_id"), "lease", ["user_id"], unique=False)


def _create_decontamination_hit() -> None:
    op.create_table(
        "decontamination_hit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("coverage_item", sa.Double(), nullable=False),
        sa.Column("coverage_seed", sa.Double(), nullable=False),
        sa.Column("longest_words", sa.BigInteger(), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["benchmark_item.id"],
            name=op.f("fk_decontamination_hit_item_id_benchmark_item"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_decontamination_hit_revision_id_seed_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decontamination_hit")),
        sa.UniqueConstraint("revision_id", "item_id", name="uq_decontamination_hit_pair"),
    )
    op.create_index(
        "ix_decontamination_hit_item_id", "decontamination_hit", ["item_id"], unique=False
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("hit_id", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=True),
        _created_at(),
        sa.CheckConstraint(
            "kind in ('accept', 'reject', 'skip', 'needs_rewrite', 'flag', 'unflag', 'edit', 'confirm_hit', 'dismiss_hit', 'undo')",
            name=op.f("ck_decision_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["hit_id"],
            ["decontamination_hit.id"],
            name=op.f("fk_decision_hit_id_decontamination_hit"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_decision_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name=op.f("fk_decision_seed_id_seed")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["decision.id"], name=op.f("fk_decision_undoes_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("token", name="uq_decision_token"),
        sa.UniqueConstraint("undoes_id", name="uq_decision_undoes_id"),
    )
    op.create_index(op.f("ix_decision_batch"), "decision", ["batch"], unique=False)
    op.create_index("ix_decision_seed_id", "decision", ["seed_id", "id"], unique=False)
    op.create_index("ix_decision_user_id", "decision", ["user_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_decision_user_id", table_name="decision")
    op.drop_index("ix_decision_seed_id", table_name="decision")
    op.drop_index(op.f("ix_decision_batch"), table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_decontamination_hit_item_id", table_name="decontamination_hit")
    op.drop_table("decontamination_hit")
    op.drop_index(op.f("ix_lease_user_id"), table_name="lease")
    op.drop_table("lease")
    op.drop_table("export")
    op.drop_table("benchmark_item")
    op.drop_table("benchmark")

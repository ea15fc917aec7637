"""samples and verdicts

Revision ID: e97aafd50b18
Revises: a21194fc43af
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e97aafd50b18"
down_revision = "a21194fc43af"
branch_labels = None
depends_on = None


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    _create_endpoint_spend()
    _create_sample()
    _create_teachability()
    _create_judgment()


def _create_endpoint_spend() -> None:
    op.create_table(
        "endpoint_spend",
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_endpoint_spend_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoint_spend")),
    )


def _create_sample() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("template_hash", sa.String(), nullable=False),
        sa.Column("settings_hash", sa.String(), nullable=False),
        sa.Column("sample_index", sa.BigInteger(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("reasoning", sa.String(), nullable=True),
        sa.Column("finish_reason", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_key", sa.String(), nullable=True),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=8), nullable=False),
        sa.Column("latency_ms", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_sample_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["seed_revision.id"], name=op.f("fk_sample_revision_id_seed_revision")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_sample_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint(
            "revision_id",
            "endpoint_id",
            "template_hash",
            "settings_hash",
            "sample_index",
            name="uq_sample_paid_once",
        ),
    )
    op.create_index("ix_sample_run_id", "sample", ["run_id", "id"], unique=False)


def _create_teachability() -> None:
    op.create_table(
        "teachability",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("key_origin", sa.String(), nullable=False),
        sa.Column("reference_answer", sa.String(), nullable=True),
        sa.Column("reference_key", sa.String(), nullable=True),
        sa.Column("reliability", sa.Double(), nullable=False),
        sa.Column(
            "plurality",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "weak",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        *(
            sa.Column(name, sa.Double(), nullable=False)
            for name in ("suspect", "hard", "teachable", "easy", "score", "score_low", "score_high")
        ),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column(
            "notes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        _created_at(),
        sa.CheckConstraint(
            "key_origin in ('given', 'plurality', 'none')", name=op.f("ck_teachability_key_origin")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_teachability_policy_id_policy")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_teachability_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_teachability_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teachability")),
        sa.UniqueConstraint(
            "revision_id", "policy_id", name="uq_teachability_revision_id_policy_id"
        ),
    )


def _create_judgment() -> None:
    op.create_table(
        "judgment",
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("rubric_hash", sa.String(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column("difficulty", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=True),
        sa.Column("unscored", sa.String(), nullable=True),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_judgment_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_judgment_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_judgment")),
    )
    op.create_index(op.f("ix_judgment_revision_id"), "judgment", ["revision_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_judgment_revision_id"), table_name="judgment")
    op.drop_table("judgment")
    op.drop_table("teachability")
    op.drop_index("ix_sample_run_id", table_name="sample")
    op.drop_table("sample")
    op.drop_table("endpoint_spend")

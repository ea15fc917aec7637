"""ratings, equivalences and code tests

Revision ID: 5b0c6f1e7a42
Revises: 998fd329805f
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5b0c6f1e7a42"
down_revision = "998fd329805f"
branch_labels = None
depends_on = None


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    _create_rating()
    _create_answer_equivalence()
    _create_code_test_run()


def _create_rating() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("steps", "difficulty", "multi_step", "well_posed", "verifiable")
        ),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["seed_revision.id"], name=op.f("fk_rating_revision_id_seed_revision")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_rating_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    op.create_index(
        "ix_rating_revision_id", "rating", ["revision_id", "user_id", "id"], unique=False
    )


def _create_answer_equivalence() -> None:
    op.create_table(
        "answer_equivalence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("first_key", sa.String(), nullable=False),
        sa.Column("second_key", sa.String(), nullable=False),
        sa.Column("equivalent", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=True),
        _created_at(),
        sa.CheckConstraint(
            'first_key < second_key collate "C"', name=op.f("ck_answer_equivalence_order")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_answer_equivalence_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_answer_equivalence_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_equivalence")),
    )
    op.create_index(
        "uq_answer_equivalence_pair",
        "answer_equivalence",
        ["revision_id", sa.literal_column("md5(first_key)"), sa.literal_column("md5(second_key)")],
        unique=True,
    )


def _create_code_test_run() -> None:
    op.create_table(
        "code_test_run",
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("tests_hash", sa.String(), nullable=False),
        sa.Column("outcomes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_code_test_run_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", "tests_hash", name=op.f("pk_code_test_run")),
    )


def downgrade() -> None:
    op.drop_table("code_test_run")
    op.drop_index("uq_answer_equivalence_pair", table_name="answer_equivalence")
    op.drop_table("answer_equivalence")
    op.drop_index("ix_rating_revision_id", table_name="rating")
    op.drop_table("rating")

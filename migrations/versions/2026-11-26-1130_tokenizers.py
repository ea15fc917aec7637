"""tokenizers: files of models to be trained, and what they count

Revision ID: 9b3e61f2a7d4
Revises: 7d1c5e90b3a2
"""

import sqlalchemy as sa
from alembic import op

revision = "9b3e61f2a7d4"
down_revision = "7d1c5e90b3a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokenizer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("vocabulary", sa.BigInteger(), nullable=False),
        sa.Column("template_tokens", sa.BigInteger(), nullable=False),
        _reference("created_by", "tokenizer", "user_account"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokenizer")),
        sa.UniqueConstraint("name", name=op.f("uq_tokenizer_name")),
        sa.UniqueConstraint("sha256", name=op.f("uq_tokenizer_sha256")),
    )  # fmt: skip
    _create_counts("prompt_tokens", "revision_id", "seed_revision")
    _create_counts("trace_tokens", "sample_id", "sample")


def downgrade() -> None:
    for table in ("trace_tokens", "prompt_tokens", "tokenizer"):
        op.drop_table(table)


def _create_counts(table: str, column: str, target: str) -> None:
    op.create_table(
        table,
        _reference("tokenizer_id", table, "tokenizer"),
        _reference(column, table, target),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tokenizer_id", column, name=op.f(f"pk_{table}")),
    )


def _reference(column: str, table: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}_{target}"))
    return sa.Column(column, sa.BigInteger(), key, nullable=False)

"""embeddings and judgments of pairs

Revision ID: b84d1f60c2a7
Revises: 3f6a9c04d8be
"""

import sqlalchemy as sa
from alembic import op

revision = "b84d1f60c2a7"
down_revision = "3f6a9c04d8be"
branch_labels = None
depends_on = None

_ROLES = ("reference", "weak", "judge", "teacher")


def upgrade() -> None:
    _set_roles((*_ROLES, "embedding"))
    op.create_table(
        "text_embedding",
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(vector is null) <> (refusal is null)", name=op.f("ck_text_embedding_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_text_embedding_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "text_hash", name=op.f("pk_text_embedding")),
    )  # fmt: skip
    op.create_table(
        "pair_judgment",
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("question_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("item_hash", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("cut_off_at", sa.BigInteger(), nullable=True),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(14, 8), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "verdict in ('same', 'changed', 'related', 'different', 'unknown')",
            name=op.f("ck_pair_judgment_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_pair_judgment_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint(
            "endpoint_id", "question_hash", "seed_hash", "item_hash",
            name=op.f("pk_pair_judgment"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("pair_judgment")
    op.drop_table("text_embedding")
    # Embedding endpoints have nothing to hang on without the stage.
    op.execute("delete from endpoint_day where endpoint_id in "
               "(select id from endpoint where role = 'embedding')")  # fmt: skip
    op.execute("delete from endpoint_spend where endpoint_id in "
               "(select id from endpoint where role = 'embedding')")  # fmt: skip
    op.execute("delete from endpoint where role = 'embedding'")
    _set_roles(_ROLES)


def _set_roles(roles: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_endpoint_role"), "endpoint", type_="check")
    op.create_check_constraint(op.f("ck_endpoint_role"), "endpoint", f"role in {roles}")

"""the overview: counts that are kept, and spend by source

Revision ID: 9d27c5ae41f0
Revises: 6e1f8a35c0d9
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9d27c5ae41f0"
down_revision = "6e1f8a35c0d9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overview_snapshot",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_overview_snapshot")),
    )
    op.create_table(
        "source_spend",
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(18, 8), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_spend_source_id_source")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_spend")),
    )
    op.execute("""
        insert into source_spend (source_id, calls, cost)
        select seed.source_id, count(*), sum(sample.cost)
        from sample
        join seed_revision on seed_revision.id = sample.revision_id
        join seed on seed.id = seed_revision.seed_id
        group by seed.source_id
    """)


def downgrade() -> None:
    op.drop_table("source_spend")
    op.drop_table("overview_snapshot")

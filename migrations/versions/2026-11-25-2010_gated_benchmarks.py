"""gated benchmarks

Revision ID: 3f6a9c04d8be
Revises: 7c2e9a41d8b3
"""

import sqlalchemy as sa
from alembic import op

revision = "3f6a9c04d8be"
down_revision = "7c2e9a41d8b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "benchmark", sa.Column("gated", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("benchmark", sa.Column("stands_for", sa.String(), nullable=True))
    # Its authors ask for it; what is loaded from now on is asked by name.
    op.execute("update benchmark set gated = true where name ilike '%gpqa%'")


def downgrade() -> None:
    op.drop_column("benchmark", "stands_for")
    op.drop_column("benchmark", "gated")

"""decisions of a user, by day, and what they skipped

Revision ID: e7d3a1b85f20
Revises: e4b7d2a90c15
"""

import sqlalchemy as sa
from alembic import op

revision = "e7d3a1b85f20"
down_revision = "e4b7d2a90c15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decision_user_day", "decision", ["user_id", "created_at"])
    op.create_index(
        "ix_decision_skip",
        "decision",
        ["user_id", "seed_id", "id"],
        postgresql_where=sa.text("kind = 'skip'"),
    )


def downgrade() -> None:
    op.drop_index("ix_decision_skip", table_name="decision")
    op.drop_index("ix_decision_user_day", table_name="decision")

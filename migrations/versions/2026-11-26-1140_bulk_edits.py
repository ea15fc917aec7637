"""bulk edits: what an edit of many seeds changed of each

Revision ID: 8c41d6e05b9a
Revises: 9b3e61f2a7d4
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8c41d6e05b9a"
down_revision = "9b3e61f2a7d4"
branch_labels = None
depends_on = None


_BATCHES = (
    "accept", "reject", "needs_rewrite", "flag", "unflag", "keep_duplicate", "dismiss_duplicates",
    "move", "undo",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "decision_batch",
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    _set_batches((*_BATCHES, "edit"))


def downgrade() -> None:
    # Its events are edits, and stay undoable one by one.
    op.execute("update decision set batch = null where batch in "
               "(select batch from decision_batch where kind = 'edit')")  # fmt: skip
    op.execute("delete from decision_batch where kind = 'edit'")
    _set_batches(_BATCHES)
    op.drop_column("decision_batch", "changes")


def _set_batches(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_decision_batch_kind"), "decision_batch", type_="check")
    op.create_check_constraint(op.f("ck_decision_batch_kind"), "decision_batch", f"kind in {kinds}")

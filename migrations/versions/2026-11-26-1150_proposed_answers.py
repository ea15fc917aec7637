"""answers that models proposed: they are no given ones until a curator says so

Revision ID: d27a90f4b6e3
Revises: 8c41d6e05b9a
"""

import sqlalchemy as sa
from alembic import op

revision = "d27a90f4b6e3"
down_revision = "8c41d6e05b9a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "seed", sa.Column("answer_origin", sa.String(), server_default="given", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_seed_answer_origin"), "seed", "answer_origin in ('given', 'proposed')"
    )
    # Wordings of models that seeds have now, and whose answer is another than before.
    op.execute("""
        update seed set answer_origin = 'proposed'
        from rewrite, seed_revision wording, seed_revision base
        where rewrite.revision_id = seed.revision_id and rewrite.endpoint_id is not null
            and wording.id = rewrite.revision_id and base.id = rewrite.base_revision_id
            and wording.answer is not null and wording.answer is distinct from base.answer
    """)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_seed_answer_origin"), "seed", type_="check")
    op.drop_column("seed", "answer_origin")

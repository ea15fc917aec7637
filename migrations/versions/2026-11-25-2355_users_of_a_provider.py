"""users of a provider

Revision ID: e4b7d2a90c15
Revises: 9d27c5ae41f0
"""

import sqlalchemy as sa
from alembic import op

revision = "e4b7d2a90c15"
down_revision = "9d27c5ae41f0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("oidc_issuer", sa.String(), nullable=True))
    op.add_column("user_account", sa.Column("oidc_subject", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_user_account_oidc_whole"),
        "user_account",
        "(oidc_issuer is null) = (oidc_subject is null)",
    )
    op.create_unique_constraint(
        op.f("uq_user_account_oidc_issuer_oidc_subject"),
        "user_account",
        ["oidc_issuer", "oidc_subject"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_user_account_oidc_issuer_oidc_subject"), "user_account")
    op.drop_constraint(op.f("ck_user_account_oidc_whole"), "user_account")
    op.drop_column("user_account", "oidc_subject")
    op.drop_column("user_account", "oidc_issuer")

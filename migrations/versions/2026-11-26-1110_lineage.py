"""lineage: which rows an export wrote, which recipe an import followed

Revision ID: 5a1d8e3c7b20
Revises: 6b1d0c5e8f24
"""

import sqlalchemy as sa
from alembic import op

revision = "5a1d8e3c7b20"
down_revision = "6b1d0c5e8f24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_row",
        _reference("export_id", "export"),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        _reference("seed_id", "seed"),
        _reference("revision_id", "seed_revision"),
        _reference("sample_id", "sample", nullable=True),
        sa.PrimaryKeyConstraint("export_id", "position", name=op.f("pk_export_row")),
    )
    op.create_index("ix_export_row_seed_id", "export_row", ["seed_id", "export_id"])
    op.add_column("seed_import", sa.Column("recipe", sa.String(), nullable=True))
    # Lifted takedowns too: the unique index knows those that stand.
    op.create_index("ix_seed_takedown_seed_id", "seed_takedown", ["seed_id", "id"])
    op.create_index("ix_pair_judgment_seed_hash", "pair_judgment", ["seed_hash"])


def downgrade() -> None:
    op.drop_index("ix_pair_judgment_seed_hash", table_name="pair_judgment")
    op.drop_index("ix_seed_takedown_seed_id", table_name="seed_takedown")
    op.drop_column("seed_import", "recipe")
    op.drop_table("export_row")


def _reference(column: str, other: str, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_export_row_{column}_{other}"))
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)

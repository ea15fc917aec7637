"""domain suggestions: which domain of a list a model suggests for a wording

Revision ID: 7d1c5e90b3a2
Revises: 5a1d8e3c7b20
"""

import sqlalchemy as sa
from alembic import op

revision = "7d1c5e90b3a2"
down_revision = "5a1d8e3c7b20"
branch_labels = None
depends_on = None

_KINDS = ("scoring", "traces", "rewrites", "augmentation")
_OUTCOMES = (
    "named", "other", "cut_off", "not_json", "fields", "not_text", "unknown_name",
)  # fmt: skip


def upgrade() -> None:
    _constrain("run", "kind", (*_KINDS, "domains"))
    op.create_table(
        "domain_suggestion",
        _reference("run_id", "domain_suggestion", "run"),
        _reference("revision_id", "domain_suggestion", "seed_revision"),
        _reference("sample_id", "domain_suggestion", "sample"),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("given", sa.String(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(f"outcome in {_OUTCOMES}", name=op.f("ck_domain_suggestion_outcome")),
        sa.CheckConstraint(
            "(domain is not null) = (outcome = 'named')", name=op.f("ck_domain_suggestion_domain")
        ),
        sa.PrimaryKeyConstraint("run_id", "revision_id", name=op.f("pk_domain_suggestion")),
    )  # fmt: skip
    op.create_index("ix_domain_suggestion_revision_id", "domain_suggestion", ["revision_id"])
    op.create_table(
        "domain_applied",
        sa.Column(
            "batch",
            sa.Uuid(),
            sa.ForeignKey("decision_batch.batch", name="fk_domain_applied_batch_decision_batch"),
            nullable=False,
        ),
        _reference("run_id", "domain_applied", "run"),
        sa.Column("replace", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_domain_applied")),
    )
    op.create_index("ix_domain_applied_run_id", "domain_applied", ["run_id"])


def downgrade() -> None:
    op.drop_table("domain_applied")
    op.drop_table("domain_suggestion")
    # Seeds keep the domains that they were given; what was paid for stays, without its runs.
    asking = "select id from run where kind = 'domains'"
    op.execute(f"update sample set run_id = null where run_id in ({asking})")
    for table in ("run_spend", "job", "run_item"):
        op.execute(f"delete from {table} where run_id in ({asking})")
    op.execute(f"delete from run where id in ({asking})")
    _constrain("run", "kind", _KINDS)


def _reference(column: str, table: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    return sa.Column(column, sa.BigInteger(), key, nullable=False)


def _constrain(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} in {values}")

"""training runs that are gone on with: their attempts, and from which step each began

Revision ID: 6b90e7d3c1f8
Revises: d27a90f4b6e3
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6b90e7d3c1f8"
down_revision = "d27a90f4b6e3"
branch_labels = None
depends_on = None

_CAUSES = (
    "cause in ('export', 'preflight', 'launch', 'out_of_memory', 'communication', 'bad_row', "
    "'bad_data', 'disk', 'time_limit', 'killed', 'lost', 'other')"
)


def upgrade() -> None:
    op.add_column(
        "training_run", sa.Column("attempt", sa.BigInteger(), server_default="1", nullable=False)
    )
    for column in _begun("training_run"):
        op.add_column("training_run", column)
    op.create_table(
        "training_attempt",
        _reference("run_id", "training_attempt", "training_run", nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("cause", "error")),
        _json("failure"),
        _json("handle"),
        sa.Column("code_version", sa.String(), nullable=True),
        *_begun("training_attempt"),
        _time("cancel_asked_at"),
        _reference("cancelled_by", "training_attempt", "user_account"),
        _time("started_at"),
        _time("finished_at"),
        sa.CheckConstraint(
            "state in ('failed', 'cancelled')", name=op.f("ck_training_attempt_state")
        ),
        sa.CheckConstraint(_CAUSES, name=op.f("ck_training_attempt_cause")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_training_attempt")),
    )


def downgrade() -> None:
    op.drop_table("training_attempt")
    op.drop_constraint(
        op.f("fk_training_run_resumed_by_user_account"), "training_run", type_="foreignkey"
    )
    for column in ("attempt", "resumed_from", "resumed_at", "resumed_by"):
        op.drop_column("training_run", column)


def _begun(table: str) -> list[sa.Column[object]]:
    return [
        sa.Column("resumed_from", sa.BigInteger(), nullable=True),
        _time("resumed_at"),
        _reference("resumed_by", table, "user_account"),
    ]


def _reference(column: str, table: str, other: str, nullable: bool = True) -> sa.Column[object]:
    key = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}_{other}"))
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=True)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)

"""traces of teachers, and runs that ask for them

Revision ID: 2c8e5d71b9f4
Revises: e7d3a1b85f20
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2c8e5d71b9f4"
down_revision = "e7d3a1b85f20"
branch_labels = None
depends_on = None

_ITEM_STATES = ("pending", "scored", "failed")
_REASONS = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("run", sa.Column("kind", sa.String(), server_default="scoring", nullable=False))
    op.create_check_constraint(op.f("ck_run_kind"), "run", "kind in ('scoring', 'traces')")
    _set_item_states((*_ITEM_STATES, "traced"))
    op.create_table(
        "trace",
        sa.Column("sample_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("thinking_tokens", sa.BigInteger(), nullable=False),
        sa.Column("answer_tokens", sa.BigInteger(), nullable=False),
        sa.Column("answer_key", sa.String(), nullable=True),
        sa.Column("key_origin", sa.String(), nullable=False),
        sa.Column("reference_answer", sa.String(), nullable=False),
        sa.Column("reference_key", sa.String(), nullable=False),
        sa.Column("judge_score", sa.Float(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("state in ('kept', 'rejected')", name=op.f("ck_trace_state")),
        sa.CheckConstraint(f"reason in {_REASONS}", name=op.f("ck_trace_reason")),
        sa.CheckConstraint(
            "(state = 'rejected') = (reason is not null)",
            name=op.f("ck_trace_reason_of_rejected"),
        ),
        sa.CheckConstraint(
            "key_origin in ('given', 'plurality', 'tests')", name=op.f("ck_trace_key_origin")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_trace_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["seed_revision.id"], name=op.f("fk_trace_revision_id_seed_revision")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_trace_run_id_run")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_trace_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_trace")),
    )  # fmt: skip
    op.create_index("ix_trace_run_id", "trace", ["run_id", "sample_id"])
    op.create_index("ix_trace_revision_id", "trace", ["revision_id", "sample_id"])
    op.create_index("ix_trace_reason", "trace", ["reason", "sample_id"])


def downgrade() -> None:
    op.drop_table("trace")
    # Nothing knows such runs any more. What they paid for stays, as samples of no run.
    runs = "(select id from run where kind = 'traces')"
    op.execute(f"update sample set run_id = null where run_id in {runs}")
    for table in ("run_spend", "run_item", "job"):
        op.execute(f"delete from {table} where run_id in {runs}")
    op.execute("delete from run where kind = 'traces'")
    _set_item_states(_ITEM_STATES)
    op.drop_constraint(op.f("ck_run_kind"), "run", type_="check")
    op.drop_column("run", "kind")


def _set_item_states(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_run_item_state"), "run_item", type_="check")
    op.create_check_constraint(op.f("ck_run_item_state"), "run_item", f"state in {states}")

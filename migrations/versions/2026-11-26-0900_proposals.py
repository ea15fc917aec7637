"""proposals: what models propose of seeds, and the seeds that are made of it

Revision ID: 4e7a90c3d816
Revises: 5e0b7fa21c68
"""

import sqlalchemy as sa
from alembic import op

revision = "4e7a90c3d816"
down_revision = "5e0b7fa21c68"
branch_labels = None
depends_on = None

_KINDS = ("scoring", "traces")
_STATES = ("pending", "scored", "failed", "traced")
_OUTCOMES = (
    "made", "cut_off", "not_json", "fields", "not_text", "blank", "placeholder", "too_long",
    "unstorable", "unchanged", "duplicate", "taken",
)  # fmt: skip


def upgrade() -> None:
    _constrain("run", "kind", (*_KINDS, "rewrites", "augmentation"))
    _constrain("run_item", "state", (*_STATES, "proposed"))
    op.add_column(
        "source",
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    _create_replies()
    _create_parents()


def downgrade() -> None:
    op.drop_table("seed_parent")
    op.drop_table("proposal_reply")
    op.drop_column("source", "synthetic")
    # The seeds and rewrites that models have made stay, without the runs that asked for them.
    _remove_runs()
    _constrain("run_item", "state", _STATES)
    _constrain("run", "kind", _KINDS)


def _remove_runs() -> None:
    """What such runs have paid for stays, without them."""
    proposing = "select id from run where kind in ('rewrites', 'augmentation')"
    op.execute(f"update sample set run_id = null where run_id in ({proposing})")
    for table in ("run_spend", "job", "run_item"):
        op.execute(f"delete from {table} where run_id in ({proposing})")
    op.execute(f"delete from run where id in ({proposing})")


def _create_replies() -> None:
    op.create_table(
        "proposal_reply",
        _reference("run_id", "proposal_reply", "run"),
        _reference("sample_id", "proposal_reply", "sample"),
        _reference("revision_id", "proposal_reply", "seed_revision"),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        _reference("rewrite_id", "proposal_reply", "rewrite", nullable=True),
        _reference("seed_id", "proposal_reply", "seed", nullable=True),
        _created_at(),
        sa.CheckConstraint(f"outcome in {_OUTCOMES}", name=op.f("ck_proposal_reply_outcome")),
        sa.PrimaryKeyConstraint("run_id", "sample_id", name=op.f("pk_proposal_reply")),
    )
    op.create_index(
        "ix_proposal_reply_outcome", "proposal_reply", ["run_id", "outcome", "sample_id"]
    )
    op.create_index(
        "ix_proposal_reply_rewrite_id", "proposal_reply", ["rewrite_id"],
        postgresql_where=sa.text("rewrite_id is not null"),
    )  # fmt: skip


def _create_parents() -> None:
    op.create_table(
        "seed_parent",
        _reference("seed_id", "seed_parent", "seed"),
        _reference("parent_id", "seed_parent", "seed"),
        _reference("parent_revision_id", "seed_parent", "seed_revision"),
        sa.Column("kind", sa.String(), nullable=False),
        _reference("endpoint_id", "seed_parent", "endpoint"),
        sa.Column("template_hash", sa.String(), nullable=False),
        _reference("sample_id", "seed_parent", "sample"),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        _created_at(),
        sa.CheckConstraint("kind in ('variation', 'harder')", name=op.f("ck_seed_parent_kind")),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_seed_parent")),
    )
    op.create_index("ix_seed_parent_parent_id", "seed_parent", ["parent_id", "seed_id"])


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{other}")
    key = sa.ForeignKey(f"{other}.id", name=name)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _constrain(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} in {values}")

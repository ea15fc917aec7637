"""mixtures: recipes, frozen versions, and seeds that must not be used any more

Revision ID: 4f7a2c9e6d13
Revises: 4e7a90c3d816
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4f7a2c9e6d13"
down_revision = "4e7a90c3d816"
branch_labels = None
depends_on = None


_BATCHES = (
    "accept", "reject", "needs_rewrite", "flag", "unflag", "keep_duplicate", "dismiss_duplicates",
    "undo",
)  # fmt: skip


def upgrade() -> None:
    _set_batches((*_BATCHES, "move"))
    _create_takedowns()
    _create_mixtures()
    _create_versions()
    _create_rows()
    _create_left_out()
    op.create_index(
        "ix_seed_withdrawn", "seed", ["id"], postgresql_where=sa.text("withdrawn_at is not null")
    )


def downgrade() -> None:
    # Its events are edits, and stay undoable one by one.
    op.execute("update decision set batch = null where batch in "
               "(select batch from decision_batch where kind = 'move')")  # fmt: skip
    op.execute("delete from decision_batch where kind = 'move'")
    _set_batches(_BATCHES)
    op.drop_index("ix_seed_withdrawn", table_name="seed")
    for table in (
        "mixture_left_out", "mixture_row", "mixture_version", "mixture", "seed_takedown",
    ):  # fmt: skip
        op.drop_table(table)


def _create_takedowns() -> None:
    op.create_table(
        "seed_takedown",
        _identifier(),
        _reference("seed_id", "seed_takedown", "seed"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        _reference("created_by", "seed_takedown", "user_account"),
        _time("created_at"),
        _reference("lifted_by", "seed_takedown", "user_account", nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason in ('licence', 'request', 'privacy', 'other')",
            name=op.f("ck_seed_takedown_reason"),
        ),
        sa.CheckConstraint(
            "(lifted_at is null) = (lifted_by is null)", name=op.f("ck_seed_takedown_lifted")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_takedown")),
    )
    op.create_index(
        "uq_seed_takedown_standing", "seed_takedown", ["seed_id"], unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )  # fmt: skip
    op.create_index("ix_seed_takedown_batch", "seed_takedown", ["batch", "seed_id"])


def _create_mixtures() -> None:
    op.create_table(
        "mixture",
        _identifier(),
        sa.Column("name", sa.String(), nullable=False),
        _json("recipe"),
        sa.Column("edition", sa.BigInteger(), server_default="1", nullable=False),
        _reference("parent_id", "mixture", "mixture", nullable=True),
        _reference("created_by", "mixture", "user_account"),
        _time("created_at"),
        _time("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mixture")),
        sa.UniqueConstraint("name", name=op.f("uq_mixture_name")),
    )


def _create_versions() -> None:
    op.create_table(
        "mixture_version",
        _identifier(),
        _reference("mixture_id", "mixture_version", "mixture"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _json("recipe"),
        _json("figures", nullable=True),
        sa.Column("rows_hash", sa.String(), nullable=True),
        _reference("job_id", "mixture_version", "job", nullable=True),
        _reference("created_by", "mixture_version", "user_account"),
        _time("created_at"),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(rows_hash is null) = (frozen_at is null)", name=op.f("ck_mixture_version_frozen")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mixture_version")),
        sa.UniqueConstraint(
            "mixture_id", "number", name=op.f("uq_mixture_version_mixture_id_number")
        ),
    )


def _create_rows() -> None:
    op.create_table(
        "mixture_row",
        _reference("version_id", "mixture_row", "mixture_version"),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        _reference("seed_id", "mixture_row", "seed"),
        _reference("revision_id", "mixture_row", "seed_revision"),
        _reference("sample_id", "mixture_row", "sample", nullable=True),
        sa.Column("copy", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("split in ('train', 'validation')", name=op.f("ck_mixture_row_split")),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_mixture_row")),
    )
    op.create_index("ix_mixture_row_seed_id", "mixture_row", ["seed_id", "version_id"])


def _create_left_out() -> None:
    op.create_table(
        "mixture_left_out",
        _reference("version_id", "mixture_left_out", "mixture_version"),
        _reference("seed_id", "mixture_left_out", "seed"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reason in ('taken_down', 'hit', 'difficulty', 'no_difficulty', 'no_trace', "
            "'no_copies')",
            name=op.f("ck_mixture_left_out_reason"),
        ),
        sa.PrimaryKeyConstraint("version_id", "seed_id", name=op.f("pk_mixture_left_out")),
    )


def _identifier() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{other}")
    key = sa.ForeignKey(f"{other}.id", name=name)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _set_batches(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_decision_batch_kind"), "decision_batch", type_="check")
    op.create_check_constraint(op.f("ck_decision_batch_kind"), "decision_batch", f"kind in {kinds}")

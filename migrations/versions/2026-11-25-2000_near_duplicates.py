"""near-duplicates

Revision ID: 7c2e9a41d8b3
Revises: 7c4be1d09a36
"""

import sqlalchemy as sa
from alembic import op

revision = "7c2e9a41d8b3"
down_revision = "7c4be1d09a36"
branch_labels = None
depends_on = None

DECISIONS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit",
    "confirm_hit", "dismiss_hit", "undo",
)  # fmt: skip


def upgrade() -> None:
    _create_due()
    _create_sketches()
    _create_bands()
    _create_groups()
    _create_members()
    _allow((*DECISIONS, "dismiss_duplicates"))


def downgrade() -> None:
    op.execute("delete from decision where undoes_id in "
               "(select id from decision where kind = 'dismiss_duplicates')")  # fmt: skip
    op.execute("delete from decision where kind = 'dismiss_duplicates'")
    _allow(DECISIONS)
    for table in ("member", "group", "band", "sketch", "due"):
        op.drop_table(f"duplicate_{table}")


def _create_due() -> None:
    op.create_table(
        "duplicate_due",
        sa.Column("seed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_duplicate_due")),
    )
    op.execute("insert into duplicate_due select id from seed where withdrawn_at is null")


def _create_sketches() -> None:
    op.create_table(
        "duplicate_sketch",
        sa.Column("seed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=True),
        sa.Column("crowded", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "standing in ('leader', 'copy', 'left_out', 'no_words')",
            name=op.f("ck_duplicate_sketch_standing"),
        ),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_duplicate_sketch")),
    )
    op.create_index(
        "ix_duplicate_sketch_leader_id",
        "duplicate_sketch",
        ["leader_id"],
        postgresql_where=sa.text("leader_id is not null"),
    )
    op.create_index(
        "ix_duplicate_sketch_noted",
        "duplicate_sketch",
        ["standing", "crowded"],
        postgresql_where=sa.text("crowded or standing in ('left_out', 'no_words')"),
    )


def _create_bands() -> None:
    op.create_table(
        "duplicate_band",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "seed_id", name=op.f("pk_duplicate_band")),
    )
    op.create_index(op.f("ix_duplicate_band_seed_id"), "duplicate_band", ["seed_id"])


def _create_groups() -> None:
    op.create_table(
        "duplicate_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('copies', 'variants')", name=op.f("ck_duplicate_group_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_group")),
        sa.UniqueConstraint("leader_id", "kind", name=op.f("uq_duplicate_group_leader_id_kind")),
    )


def _create_members() -> None:
    op.create_table(
        "duplicate_member",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["duplicate_group.id"],
            name=op.f("fk_duplicate_member_group_id_duplicate_group"),
        ),
        sa.PrimaryKeyConstraint("group_id", "seed_id", name=op.f("pk_duplicate_member")),
    )  # fmt: skip
    op.create_index(op.f("ix_duplicate_member_seed_id"), "duplicate_member", ["seed_id"])


def _allow(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_decision_kind"), "decision")
    op.create_check_constraint(op.f("ck_decision_kind"), "decision", f"kind in {kinds}")

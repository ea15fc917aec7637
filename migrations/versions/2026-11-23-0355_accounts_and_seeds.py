"""accounts and seeds

Revision ID: 79dd3ca631bc
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "79dd3ca631bc"
down_revision = None
branch_labels = None
depends_on = None


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    _create_source()
    _create_user_account()
    _create_access_key()
    _create_seed_import()
    _create_seed()
    _index_seed()
    _create_import_change()
    _create_seed_revision()


def _create_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )


def _create_user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        _created_at(),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('viewer', 'ingester', 'curator', 'admin')", name=op.f("ck_user_account_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )


def _create_access_key() -> None:
    op.create_table(
        "access_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        _created_at(),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('api', 'session', 'link')", name=op.f("ck_access_key_kind")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_access_key_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_access_key_secret_hash")),
    )
    op.create_index(op.f("ix_access_key_user_id"), "access_key", ["user_id"], unique=False)


def _create_seed_import() -> None:
    op.create_table(
        "seed_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("duplicate_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_seed_import_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_import")),
        sa.UniqueConstraint("created_by", "idempotency_key", name="uq_seed_import_idempotency"),
    )


def _create_seed() -> None:
    op.create_table(
        "seed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column(
            "metadata",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("agreement", sa.Double(), nullable=True),
        sa.Column("reliability", sa.Double(), nullable=True),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column("attention", sa.Double(), nullable=True),
        sa.Column("open_hits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("checked_index", sa.String(), nullable=True),
        _created_at(),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'accepted', 'rejected', 'needs_rewrite')",
            name=op.f("ck_seed_status"),
        ),
        sa.CheckConstraint(
            "verdict in ('suspect', 'hard', 'teachable', 'easy', 'unsettled')",
            name=op.f("ck_seed_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["seed_import.id"], name=op.f("fk_seed_import_id_seed_import")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_seed_revision_id_seed_revision"),
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_seed_source_id_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed")),
        sa.UniqueConstraint("source_id", "external_id", name="uq_seed_source_id_external_id"),
    )


def _index_seed() -> None:
    op.create_index(
        "ix_seed_domain",
        "seed",
        [
            "domain",
            "status",
            sa.literal_column("score desc nulls last"),
            sa.literal_column("id desc"),
        ],
        unique=False,
    )
    op.create_index("ix_seed_import_id", "seed", ["import_id"], unique=False)
    op.create_index(
        "ix_seed_open_hits", "seed", ["id"], unique=False, postgresql_where=sa.text("open_hits > 0")
    )
    op.create_index(
        "ix_seed_queue",
        "seed",
        ["status", sa.literal_column("attention desc nulls last"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_seed_verdict",
        "seed",
        [
            "status",
            "verdict",
            sa.literal_column("score desc nulls last"),
            sa.literal_column("id desc"),
        ],
        unique=False,
    )
    op.create_index(
        "uq_seed_content_hash",
        "seed",
        ["content_hash"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )


def _create_import_change() -> None:
    op.create_table(
        "import_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["seed_import.id"], name=op.f("fk_import_change_import_id_seed_import")
        ),
        sa.ForeignKeyConstraint(
            ["seed_id"], ["seed.id"], name=op.f("fk_import_change_seed_id_seed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index("ix_import_change_import_id", "import_change", ["import_id"], unique=False)
    op.create_index(op.f("ix_import_change_seed_id"), "import_change", ["seed_id"], unique=False)


def _create_seed_revision() -> None:
    op.create_table(
        "seed_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        _created_at(),
        sa.CheckConstraint(
            "origin in ('import', 'edit', 'rewrite')", name=op.f("ck_seed_revision_origin")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_seed_revision_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["seed_import.id"], name=op.f("fk_seed_revision_import_id_seed_import")
        ),
        sa.ForeignKeyConstraint(
            ["seed_id"],
            ["seed.id"],
            name=op.f("fk_seed_revision_seed_id_seed"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_revision")),
        sa.UniqueConstraint("seed_id", "number", name="uq_seed_revision_seed_id_number"),
    )
    op.create_index("ix_seed_revision_import_id", "seed_revision", ["import_id"], unique=False)
    op.create_foreign_key(
        "fk_seed_revision_id_seed_revision",
        "seed",
        "seed_revision",
        ["revision_id"],
        ["id"],
        deferrable=True,
        initially="DEFERRED",
    )


def downgrade() -> None:
    op.drop_constraint("fk_seed_revision_id_seed_revision", "seed", type_="foreignkey")
    op.drop_index("ix_seed_revision_import_id", table_name="seed_revision")
    op.drop_table("seed_revision")
    op.drop_index(op.f("ix_import_change_seed_id"), table_name="import_change")
    op.drop_index("ix_import_change_import_id", table_name="import_change")
    op.drop_table("import_change")
    op.drop_index(
        "uq_seed_content_hash", table_name="seed", postgresql_where=sa.text("withdrawn_at is null")
    )
    op.drop_index("ix_seed_verdict", table_name="seed")
    op.drop_index("ix_seed_queue", table_name="seed")
    op.drop_index("ix_seed_open_hits", table_name="seed", postgresql_where=sa.text("open_hits > 0"))
    op.drop_index("ix_seed_import_id", table_name="seed")
    op.drop_index("ix_seed_domain", table_name="seed")
    op.drop_table("seed")
    op.drop_table("seed_import")
    op.drop_index(op.f("ix_access_key_user_id"), table_name="access_key")
    op.drop_table("access_key")
    op.drop_table("user_account")
    op.drop_table("source")

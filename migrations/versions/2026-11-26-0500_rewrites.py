"""rewrites: wordings that wait for approval

Revision ID: b1d94c7e02fa
Revises: 2c8e5d71b9f4
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b1d94c7e02fa"
down_revision = "2c8e5d71b9f4"
branch_labels = None
depends_on = None

_KINDS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit",
    "confirm_hit", "dismiss_hit", "dismiss_duplicates", "undo",
    "opinion_accept", "opinion_reject", "opinion_needs_rewrite", "opinion_flag", "opinion_unflag",
)  # fmt: skip
_CHECKS = (
    "stands_alone", "one_answer", "short_answer", "not_leaked", "changed", "follows",
    "reference_decisive", "second_family_agrees", "difficulty_kept",
)  # fmt: skip


def upgrade() -> None:
    _set_kinds((*_KINDS, "rewrite"))
    op.create_table(
        "waiting_wording",
        _reference("revision_id", "waiting_wording", "seed_revision"),
        _reference("index_id", "waiting_wording", "benchmark_index", nullable=True),
        sa.Column("wanted", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_waiting_wording")),
    )
    op.create_index(
        "ix_waiting_wording_wanted", "waiting_wording", ["revision_id"],
        postgresql_where=sa.text("wanted"),
    )  # fmt: skip
    _create_rewrites()
    _create_checks()
    _create_approvals()
    _create_comments()


def downgrade() -> None:
    op.drop_table("rewrite_comment")
    op.drop_table("rewrite_approval")
    op.drop_table("rewrite_check")
    op.drop_table("rewrite")
    op.drop_table("waiting_wording")
    # A seed that reads as an approved rewrite keeps that wording, as after an edit.
    op.execute("update decision set kind = 'edit' where kind = 'rewrite'")
    _set_kinds(_KINDS)


def _create_rewrites() -> None:
    op.create_table(
        "rewrite",
        _identifier(),
        _reference("seed_id", "rewrite", "seed"),
        _reference("base_revision_id", "rewrite", "seed_revision"),
        _reference("revision_id", "rewrite", "seed_revision"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        _reference("author_id", "rewrite", "user_account", nullable=True),
        _reference("endpoint_id", "rewrite", "endpoint", nullable=True),
        sa.Column("template_hash", sa.String(), nullable=True),
        _reference("sample_id", "rewrite", "sample", nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        _reference("decided_by", "rewrite", "user_account", nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        _reference("decision_id", "rewrite", "decision", nullable=True),
        sa.Column("token", sa.Uuid(), nullable=False),
        _created_at(),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_rewrite_state"),
        ),
        sa.CheckConstraint(
            "kind in ('proof_to_answer', 'choice_to_open', 'parts_to_single', 'units_explicit', "
            "'ambiguity_removed', 'free')",
            name=op.f("ck_rewrite_kind"),
        ),
        sa.CheckConstraint(
            "(author_id is null) <> (endpoint_id is null)", name=op.f("ck_rewrite_origin")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewrite")),
        sa.UniqueConstraint("revision_id", name="uq_rewrite_revision_id"),
        sa.UniqueConstraint("token", name="uq_rewrite_token"),
    )
    op.create_index("ix_rewrite_seed_id", "rewrite", ["seed_id", "id"])
    op.create_index("ix_rewrite_state", "rewrite", ["state", "id"])
    op.create_index(
        "uq_rewrite_approved", "rewrite", ["base_revision_id"], unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )  # fmt: skip


def _create_checks() -> None:
    op.create_table(
        "rewrite_check",
        _reference("rewrite_id", "rewrite_check", "rewrite"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _created_at(),
        sa.CheckConstraint(f"name in {_CHECKS}", name=op.f("ck_rewrite_check_name")),
        sa.CheckConstraint(
            "outcome in ('passed', 'failed', 'unknown')", name=op.f("ck_rewrite_check_outcome")
        ),
        sa.PrimaryKeyConstraint("rewrite_id", "name", name=op.f("pk_rewrite_check")),
    )


def _create_approvals() -> None:
    op.create_table(
        "rewrite_approval",
        _identifier(),
        _reference("rewrite_id", "rewrite_approval", "rewrite"),
        _reference("user_id", "rewrite_approval", "user_account"),
        sa.Column("overrules", sa.String(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewrite_approval")),
    )
    op.create_index(
        "uq_rewrite_approval_user", "rewrite_approval", ["rewrite_id", "user_id"], unique=True,
        postgresql_where=sa.text("taken_back_at is null"),
    )  # fmt: skip


def _create_comments() -> None:
    op.create_table(
        "rewrite_comment",
        _identifier(),
        _reference("rewrite_id", "rewrite_comment", "rewrite"),
        _reference("user_id", "rewrite_comment", "user_account"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewrite_comment")),
        sa.UniqueConstraint("token", name="uq_rewrite_comment_token"),
    )
    op.create_index("ix_rewrite_comment_rewrite_id", "rewrite_comment", ["rewrite_id", "id"])


def _identifier() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{column}_{other}")
    key = sa.ForeignKey(f"{other}.id", name=name)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _set_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_decision_kind"), "decision", type_="check")
    op.create_check_constraint(op.f("ck_decision_kind"), "decision", f"kind in {kinds}")

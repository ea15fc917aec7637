"""guidelines, traces made under them, and what curators and judges say of traces

Revision ID: 5e0b7fa21c68
Revises: b1d94c7e02fa
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5e0b7fa21c68"
down_revision = "b1d94c7e02fa"
branch_labels = None
depends_on = None

_CATEGORIES = (
    "violence", "self_harm", "sexual_content", "hate_harassment", "illegal_activity", "privacy",
    "weapons_cbrn", "misinformation", "professional_advice", "over_refusal", "other",
)  # fmt: skip
_REASONS = (
    "wrong", "no_answer", "truncated", "format", "repeated", "too_long", "language_switch",
    "leaked_guideline", "contaminated",
)  # fmt: skip
_KINDS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "edit", "rewrite",
    "confirm_hit", "dismiss_hit", "dismiss_duplicates", "undo",
    "opinion_accept", "opinion_reject", "opinion_needs_rewrite", "opinion_flag", "opinion_unflag",
)  # fmt: skip
_TRACE_KINDS = ("keep_trace", "reject_trace")


def upgrade() -> None:
    _create_guidelines()
    _create_versions()
    _widen_traces()
    op.add_column("decision", sa.Column("sample_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decision_sample_id_trace"), "decision", "trace", ["sample_id"], ["sample_id"]
    )
    _set_check("decision", "kind", f"kind in {(*_KINDS, *_TRACE_KINDS)}")


def downgrade() -> None:
    _drop_decisions()
    _narrow_traces()
    op.drop_table("guideline_version")
    op.drop_table("guideline")


def _create_guidelines() -> None:
    op.create_table(
        "guideline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"category in {_CATEGORIES}", name=op.f("ck_guideline_category")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_guideline_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline")),
    )
    op.create_index("uq_guideline_name", "guideline", [sa.text("lower(name)")], unique=True)


def _create_versions() -> None:
    op.create_table(
        "guideline_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guideline_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_guideline_version_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["guideline_id"],
            ["guideline.id"],
            name=op.f("fk_guideline_version_guideline_id_guideline"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline_version")),
        sa.UniqueConstraint("guideline_id", "number", name="uq_guideline_version_number"),
    )


def _widen_traces() -> None:
    op.add_column("trace", sa.Column("guideline_version_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_trace_guideline_version_id_guideline_version"), "trace", "guideline_version",
        ["guideline_version_id"], ["id"],
    )  # fmt: skip
    for name, default in (("judgments", "'[]'"), ("counted_by", "'server'")):
        kind = postgresql.JSONB() if name == "judgments" else sa.String()
        column = sa.Column(name, kind, server_default=sa.text(default), nullable=False)
        op.add_column("trace", column)
    for name in ("word", "word_reason"):
        op.add_column("trace", sa.Column(name, sa.String(), nullable=True))
    op.create_index(
        "ix_trace_guideline_version_id", "trace", ["guideline_version_id", "sample_id"],
        postgresql_where=sa.text("guideline_version_id is not null"),
    )  # fmt: skip
    op.create_check_constraint(op.f("ck_trace_word"), "trace", "word in ('kept', 'rejected')")
    _set_check("trace", "state", "state in ('kept', 'rejected', 'unjudged')")
    _set_check("trace", "reason", f"reason in {(*_REASONS, 'off_guideline')}")
    _set_check("trace", "key_origin", "key_origin in ('given', 'plurality', 'tests', 'none')")


def _drop_decisions() -> None:
    """Nothing knows what a curator said of a trace any more."""
    op.execute(f"delete from decision where sample_id is not null or kind in {_TRACE_KINDS}")
    op.drop_column("decision", "sample_id")
    _set_check("decision", "kind", f"kind in {_KINDS}")


def _narrow_traces() -> None:
    """Traces made under a guideline go: their samples stay, which nothing takes for others'."""
    op.execute("delete from trace where guideline_version_id is not null or key_origin = 'none'")
    for name in ("guideline_version_id", "judgments", "counted_by", "word", "word_reason"):
        op.drop_column("trace", name)
    _set_check("trace", "state", "state in ('kept', 'rejected')")
    _set_check("trace", "reason", f"reason in {_REASONS}")
    _set_check("trace", "key_origin", "key_origin in ('given', 'plurality', 'tests')")


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _set_check(table: str, name: str, condition: str) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table, type_="check")
    op.create_check_constraint(constraint, table, condition)

"""scoring evidence

Revision ID: 469151f283fb
Revises: 998fd329805f
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "469151f283fb"
down_revision = "998fd329805f"
branch_labels = None
depends_on = None


# A sample's limit stands in the line-up of the run that it was made for.
_FILL_MAX_TOKENS = """
update sample set max_tokens = coalesce(
    (select (entry -> 'sampling' ->> 'max_tokens')::bigint
     from run, jsonb_array_elements(run.settings -> 'line_up') entry
     where run.id = sample.run_id and entry ->> 'settings_hash' = sample.settings_hash
     limit 1),
    completion_tokens)
"""


def upgrade() -> None:
    op.create_table(
        "endpoint_day",
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_endpoint_day_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "day", name=op.f("pk_endpoint_day")),
    )
    op.create_table(
        "batch_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("input_file_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="preparing", nullable=False),
        sa.Column("requests", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('preparing', 'sent', 'collected', 'failed', 'cancelled')",
            name=op.f("ck_batch_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_batch_request_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_batch_request_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_request")),
    )
    op.create_index("ix_batch_request_run_id", "batch_request", ["run_id"], unique=False)
    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column("difficulty", sa.BigInteger(), nullable=True),
        sa.Column("multi_step", sa.BigInteger(), nullable=True),
        sa.Column("well_posed", sa.BigInteger(), nullable=True),
        sa.Column("verifiable", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["seed_revision.id"], name=op.f("fk_rating_revision_id_seed_revision")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_rating_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    op.create_index(
        "ix_rating_revision_id", "rating", ["revision_id", "user_id", "id"], unique=False
    )
    op.create_table(
        "answer_equivalence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("first_key", sa.String(), nullable=False),
        sa.Column("second_key", sa.String(), nullable=False),
        sa.Column("equivalent", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            'first_key < second_key collate "C"', name=op.f("ck_answer_equivalence_order")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_answer_equivalence_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_answer_equivalence_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_equivalence")),
    )
    op.create_index(
        "uq_answer_equivalence_pair",
        "answer_equivalence",
        ["revision_id", sa.literal_column("md5(first_key)"), sa.literal_column("md5(second_key)")],
        unique=True,
    )
    op.create_table(
        "code_test_run",
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("tests_hash", sa.String(), nullable=False),
        sa.Column("outcomes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_code_test_run_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", "tests_hash", name=op.f("pk_code_test_run")),
    )
    op.add_column("endpoint", sa.Column("max_calls_per_day", sa.BigInteger(), nullable=True))
    op.add_column(
        "endpoint", sa.Column("max_cost_per_day", sa.Numeric(precision=14, scale=6), nullable=True)
    )
    op.add_column(
        "endpoint",
        sa.Column("uses_batches", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("job", sa.Column("queue", sa.String(), server_default="seedbed", nullable=False))
    op.add_column(
        "worker_heartbeat",
        sa.Column(
            "queues",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[\"seedbed\"]'"),
            nullable=False,
        ),
    )
    op.add_column("judgment", sa.Column("multi_step", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("well_posed", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("verifiable", sa.BigInteger(), nullable=True))
    op.add_column("run_item", sa.Column("worth", sa.Double(), nullable=True))
    op.add_column("sample", sa.Column("max_tokens", sa.BigInteger(), nullable=True))
    op.execute(_FILL_MAX_TOKENS)
    op.alter_column("sample", "max_tokens", nullable=False)
    op.drop_constraint(op.f("ck_teachability_key_origin"), "teachability")
    op.create_check_constraint(
        "key_origin", "teachability", "key_origin in ('given', 'plurality', 'tests', 'none')"
    )
    op.add_column("sample", sa.Column("reasoning_tokens", sa.BigInteger(), nullable=True))
    op.drop_constraint(op.f("uq_sample_paid_once"), "sample", type_="unique")
    op.create_unique_constraint(
        "uq_sample_paid_once",
        "sample",
        [
            "revision_id",
            "endpoint_id",
            "template_hash",
            "settings_hash",
            "sample_index",
            "max_tokens",
        ],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_teachability_key_origin"), "teachability")
    op.create_check_constraint(
        "key_origin", "teachability", "key_origin in ('given', 'plurality', 'none')"
    )
    op.drop_constraint("uq_sample_paid_once", "sample", type_="unique")
    op.create_unique_constraint(
        op.f("uq_sample_paid_once"),
        "sample",
        ["revision_id", "endpoint_id", "template_hash", "settings_hash", "sample_index"],
    )
    op.drop_column("sample", "reasoning_tokens")
    op.drop_column("sample", "max_tokens")
    op.drop_column("run_item", "worth")
    op.drop_column("worker_heartbeat", "queues")
    op.drop_column("job", "queue")
    op.drop_column("judgment", "verifiable")
    op.drop_column("judgment", "well_posed")
    op.drop_column("judgment", "multi_step")
    op.drop_column("endpoint", "uses_batches")
    op.drop_column("endpoint", "max_cost_per_day")
    op.drop_column("endpoint", "max_calls_per_day")
    op.drop_table("code_test_run")
    op.drop_index("uq_answer_equivalence_pair", table_name="answer_equivalence")
    op.drop_table("answer_equivalence")
    op.drop_index("ix_rating_revision_id", table_name="rating")
    op.drop_table("rating")
    op.drop_index("ix_batch_request_run_id", table_name="batch_request")
    op.drop_table("batch_request")
    op.drop_table("endpoint_day")

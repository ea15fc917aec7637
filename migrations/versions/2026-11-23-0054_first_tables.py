"""first tables

Revision ID: 7afaf0117feb
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7afaf0117feb"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benchmark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("item_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark")),
        sa.UniqueConstraint(
            "name", "version", "split", name=op.f("uq_benchmark_name_version_split")
        ),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("key_variable", sa.String(), nullable=True),
        sa.Column("sampling", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "input_price", sa.Numeric(precision=12, scale=6), server_default="0", nullable=False
        ),
        sa.Column(
            "output_price", sa.Numeric(precision=12, scale=6), server_default="0", nullable=False
        ),
        sa.Column("max_in_flight", sa.BigInteger(), server_default="64", nullable=False),
        sa.Column("requests_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("tokens_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("timeout_seconds", sa.Double(), server_default="120", nullable=False),
        sa.Column("samples_per_request", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('reference', 'weak', 'judge', 'teacher')", name=op.f("ck_endpoint_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoint_name")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policy_name_version")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('viewer', 'ingester', 'curator', 'admin')", name=op.f("ck_user_account_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "access_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
    op.create_table(
        "benchmark_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("benchmark_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["benchmark.id"],
            name=op.f("fk_benchmark_item_benchmark_id_benchmark"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_item")),
        sa.UniqueConstraint(
            "benchmark_id", "external_id", name=op.f("uq_benchmark_item_benchmark_id_external_id")
        ),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("folder", sa.String(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("layout in ('sft', 'rl')", name=op.f("ck_export_layout")),
        sa.CheckConstraint(
            "state in ('pending', 'finished', 'failed')", name=op.f("ck_export_state")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_export_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="running", nullable=False),
        sa.Column("max_calls", sa.BigInteger(), nullable=True),
        sa.Column("max_tokens", sa.BigInteger(), nullable=True),
        sa.Column("max_cost", sa.Numeric(precision=14, scale=6), nullable=True),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=6), server_default="0", nullable=False),
        sa.Column("seeds_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seeds_scored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seeds_failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('running', 'paused', 'cancelled', 'finished', 'stopped')",
            name=op.f("ck_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_run_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_run_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "seed_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_count", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_job_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_job_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["dispatched_at"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'running')"),
    )
    op.create_index(op.f("ix_job_run_id"), "job", ["run_id"], unique=False)
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
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
    op.create_table(
        "lease",
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name=op.f("fk_lease_seed_id_seed")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_lease_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_user_id"), "lease", ["user_id"], unique=False)
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
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
    op.create_table(
        "decontamination_hit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("coverage_item", sa.Double(), nullable=False),
        sa.Column("coverage_seed", sa.Double(), nullable=False),
        sa.Column("longest_words", sa.BigInteger(), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["benchmark_item.id"],
            name=op.f("fk_decontamination_hit_item_id_benchmark_item"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_decontamination_hit_revision_id_seed_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decontamination_hit")),
        sa.UniqueConstraint("revision_id", "item_id", name="uq_decontamination_hit_pair"),
    )
    op.create_index(
        "ix_decontamination_hit_item_id", "decontamination_hit", ["item_id"], unique=False
    )
    op.create_table(
        "endpoint_spend",
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_endpoint_spend_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoint_spend")),
    )
    op.create_table(
        "run_item",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("calibrates", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('pending', 'scored', 'failed')", name=op.f("ck_run_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_run_item_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_item_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "revision_id", name=op.f("pk_run_item")),
    )
    op.create_index(
        "ix_run_item_pending",
        "run_item",
        ["run_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_run_item_revision_id", "run_item", ["revision_id"], unique=False)
    op.create_index(
        "ix_run_item_calibrates",
        "run_item",
        ["revision_id"],
        unique=False,
        postgresql_where=sa.text("calibrates"),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("template_hash", sa.String(), nullable=False),
        sa.Column("settings_hash", sa.String(), nullable=False),
        sa.Column("sample_index", sa.BigInteger(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("reasoning", sa.String(), nullable=True),
        sa.Column("finish_reason", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_key", sa.String(), nullable=True),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=8), nullable=False),
        sa.Column("latency_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_sample_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["seed_revision.id"], name=op.f("fk_sample_revision_id_seed_revision")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_sample_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint(
            "revision_id",
            "endpoint_id",
            "template_hash",
            "settings_hash",
            "sample_index",
            name="uq_sample_paid_once",
        ),
    )
    op.create_index("ix_sample_run_id", "sample", ["run_id", "id"], unique=False)
    op.create_table(
        "teachability",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("key_origin", sa.String(), nullable=False),
        sa.Column("reference_answer", sa.String(), nullable=True),
        sa.Column("reference_key", sa.String(), nullable=True),
        sa.Column("reliability", sa.Double(), nullable=False),
        sa.Column(
            "plurality",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "weak",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("suspect", sa.Double(), nullable=False),
        sa.Column("hard", sa.Double(), nullable=False),
        sa.Column("teachable", sa.Double(), nullable=False),
        sa.Column("easy", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("score_low", sa.Double(), nullable=False),
        sa.Column("score_high", sa.Double(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column(
            "notes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "key_origin in ('given', 'plurality', 'none')", name=op.f("ck_teachability_key_origin")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_teachability_policy_id_policy")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_teachability_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_teachability_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teachability")),
        sa.UniqueConstraint(
            "revision_id", "policy_id", name="uq_teachability_revision_id_policy_id"
        ),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("hit_id", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('accept', 'reject', 'skip', 'needs_rewrite', 'flag', 'unflag', 'edit', 'confirm_hit', 'dismiss_hit', 'undo')",
            name=op.f("ck_decision_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["hit_id"],
            ["decontamination_hit.id"],
            name=op.f("fk_decision_hit_id_decontamination_hit"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_decision_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name=op.f("fk_decision_seed_id_seed")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["decision.id"], name=op.f("fk_decision_undoes_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("token", name="uq_decision_token"),
        sa.UniqueConstraint("undoes_id", name="uq_decision_undoes_id"),
    )
    op.create_index(op.f("ix_decision_batch"), "decision", ["batch"], unique=False)
    op.create_index("ix_decision_seed_id", "decision", ["seed_id", "id"], unique=False)
    op.create_index("ix_decision_user_id", "decision", ["user_id", "id"], unique=False)
    op.create_table(
        "judgment",
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("rubric_hash", sa.String(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=True),
        sa.Column("difficulty", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=True),
        sa.Column("unscored", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["seed_revision.id"],
            name=op.f("fk_judgment_revision_id_seed_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_judgment_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_judgment")),
    )
    op.create_index(op.f("ix_judgment_revision_id"), "judgment", ["revision_id"], unique=False)
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
    # Seed and revision point at each other, so one of the two keys comes after both tables.
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
    op.drop_index(op.f("ix_import_change_seed_id"), table_name="import_change")
    op.drop_index("ix_import_change_import_id", table_name="import_change")
    op.drop_table("import_change")
    op.drop_index(op.f("ix_judgment_revision_id"), table_name="judgment")
    op.drop_table("judgment")
    op.drop_index("ix_decision_user_id", table_name="decision")
    op.drop_index("ix_decision_seed_id", table_name="decision")
    op.drop_index(op.f("ix_decision_batch"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("teachability")
    op.drop_index("ix_sample_run_id", table_name="sample")
    op.drop_table("sample")
    op.drop_index("ix_run_item_revision_id", table_name="run_item")
    op.drop_index(
        "ix_run_item_calibrates", table_name="run_item", postgresql_where=sa.text("calibrates")
    )
    op.drop_index(
        "ix_run_item_pending", table_name="run_item", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_table("run_item")
    op.drop_index("ix_decontamination_hit_item_id", table_name="decontamination_hit")
    op.drop_table("decontamination_hit")
    op.drop_index("ix_seed_revision_import_id", table_name="seed_revision")
    op.drop_table("seed_revision")
    op.drop_index(op.f("ix_lease_user_id"), table_name="lease")
    op.drop_table("lease")
    op.drop_index(
        "uq_seed_content_hash", table_name="seed", postgresql_where=sa.text("withdrawn_at is null")
    )
    op.drop_index("ix_seed_verdict", table_name="seed")
    op.drop_index("ix_seed_queue", table_name="seed")
    op.drop_index("ix_seed_open_hits", table_name="seed", postgresql_where=sa.text("open_hits > 0"))
    op.drop_index("ix_seed_import_id", table_name="seed")
    op.drop_index("ix_seed_domain", table_name="seed")
    op.drop_table("seed")
    op.drop_index(op.f("ix_job_run_id"), table_name="job")
    op.drop_index(
        "ix_job_open", table_name="job", postgresql_where=sa.text("state in ('queued', 'running')")
    )
    op.drop_table("job")
    op.drop_table("seed_import")
    op.drop_table("run")
    op.drop_table("export")
    op.drop_table("benchmark_item")
    op.drop_index(op.f("ix_access_key_user_id"), table_name="access_key")
    op.drop_table("access_key")
    op.drop_table("worker_heartbeat")
    op.drop_table("user_account")
    op.drop_table("source")
    op.drop_table("policy")
    op.drop_table("endpoint_spend")
    op.drop_table("endpoint")
    op.drop_table("benchmark")

"""scoring evidence

Revision ID: 469151f283fb
Revises: 5b0c6f1e7a42
"""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "469151f283fb"
down_revision = "5b0c6f1e7a42"
branch_labels = None
depends_on = None


# A sample's settings are those of a line-up entry, or of an endpoint that no run has used since.
_SAMPLING = """
select distinct entry -> 'sampling'
from run, jsonb_array_elements(run.settings -> 'line_up') entry
union select sampling from endpoint
"""
_RENAME_SAMPLES = """
update sample set settings_hash = known.new_hash, max_tokens = known.max_tokens
from (select unnest(cast(:old as text[])) old_hash, unnest(cast(:new as text[])) new_hash,
             unnest(cast(:limits as bigint[])) max_tokens) known
where sample.settings_hash = known.old_hash
"""
_RESTORE_SAMPLES = """
update sample set settings_hash = known.old_hash
from (select unnest(cast(:old as text[])) old_hash, unnest(cast(:new as text[])) new_hash,
             unnest(cast(:limits as bigint[])) max_tokens) known
where sample.settings_hash = known.new_hash and sample.max_tokens = known.max_tokens
"""
_COUNT_RUNS = """
insert into run_spend (run_id, endpoint_id, calls, prompt_tokens, completion_tokens,
                       reasoning_tokens, cost, cut_off, failed)
select run_id, endpoint_id, count(*), sum(prompt_tokens), sum(completion_tokens), 0, sum(cost),
       count(*) filter (where finish_reason = 'length'), 0
from sample where run_id is not null group by run_id, endpoint_id
"""
_COUNT_DAYS = """
insert into endpoint_day (endpoint_id, day, calls, tokens, cost)
select endpoint_id, (created_at at time zone 'utc')::date, count(*),
       sum(prompt_tokens + completion_tokens), sum(cost)
from sample group by 1, 2
"""

_OLD_IDENTITY = ["revision_id", "endpoint_id", "template_hash", "settings_hash", "sample_index"]


def _settings_hash(sampling: dict[str, Any], *, with_limit: bool) -> str:
    """The hash under which samples are stored: with the token limit before, without it now."""
    left_out = {"template"} if with_limit else {"template", "max_tokens"}
    settings = {"temperature": 0.8, "max_tokens": 1024} | sampling
    canonical = {
        name: float(value) if name in ("temperature", "top_p") else value
        for name, value in settings.items()
        if value is not None and name not in left_out
    }
    words = json.dumps(canonical, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def _known_settings() -> dict[str, list[Any]]:
    """Old hashes with what they become, and the token limit that each one held."""
    found: dict[str, tuple[str, int]] = {}
    for (sampling,) in op.get_bind().execute(sa.text(_SAMPLING)):
        old = _settings_hash(sampling, with_limit=True)
        found[old] = (_settings_hash(sampling, with_limit=False), sampling.get("max_tokens", 1024))
    return {
        "old": list(found),
        "new": [new for new, _ in found.values()],
        "limits": [limit for _, limit in found.values()],
    }


def _name_line_ups(*, with_limit: bool) -> None:
    """Write the hashes into the runs' line-ups."""
    runs = sa.table("run", sa.column("id"), sa.column("settings", postgresql.JSONB))
    for run_id, settings in op.get_bind().execute(sa.select(runs.c.id, runs.c.settings)).all():
        for entry in settings.get("line_up", []):
            entry["settings_hash"] = _settings_hash(entry["sampling"], with_limit=with_limit)
        op.execute(runs.update().where(runs.c.id == run_id).values(settings=settings))


# As `backend.scoring.verdict_evidence` writes it, from the verdict computed last.
_FILL_VERDICT_EVIDENCE = """
update seed set step_counts = array_remove(array[known.steps], null), verdict_evidence =
    json_build_array(known.key_origin, (
        select json_agg(json_build_array(model -> 'matching', model -> 'total'))
        from jsonb_array_elements(known.weak) entry (model)
    ))::text
from (
    select distinct on (revision_id) revision_id, key_origin, steps, weak from teachability
    order by revision_id, created_at desc
) known
where known.revision_id = seed.revision_id and known.weak <> '[]'
"""


def upgrade() -> None:
    _create_endpoint_day()
    _add_columns()
    _key_samples_by_limit()
    _create_run_spend()
    op.execute(_COUNT_RUNS)
    op.execute(_COUNT_DAYS)


def _create_endpoint_day() -> None:
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


def _add_columns() -> None:
    op.add_column("endpoint", sa.Column("max_calls_per_day", sa.BigInteger(), nullable=True))
    op.add_column(
        "endpoint", sa.Column("max_cost_per_day", sa.Numeric(precision=14, scale=6), nullable=True)
    )
    op.add_column(
        "endpoint",
        sa.Column("uses_batches", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("judgment", sa.Column("multi_step", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("well_posed", sa.BigInteger(), nullable=True))
    op.add_column("judgment", sa.Column("verifiable", sa.BigInteger(), nullable=True))
    op.add_column("seed", sa.Column("verdict_evidence", sa.String(), nullable=True))
    op.add_column("seed", sa.Column("step_counts", sa.ARRAY(sa.BigInteger()), nullable=True))
    op.execute(_FILL_VERDICT_EVIDENCE)
    op.add_column("run_item", sa.Column("worth", sa.Double(), nullable=True))
    op.create_index(
        "ix_run_item_waiting",
        "run_item",
        ["run_id", sa.literal_column("worth desc"), "revision_id"],
        postgresql_where=sa.text("state = 'pending' and worth is not null"),
    )


def _key_samples_by_limit() -> None:
    op.add_column("sample", sa.Column("max_tokens", sa.BigInteger(), nullable=True))
    op.drop_constraint(op.f("uq_sample_paid_once"), "sample", type_="unique")
    op.execute(sa.text(_RENAME_SAMPLES).bindparams(**_known_settings()))
    op.execute("update sample set max_tokens = completion_tokens where max_tokens is null")
    _name_line_ups(with_limit=False)
    op.alter_column("sample", "max_tokens", nullable=False)
    op.drop_constraint(op.f("ck_teachability_key_origin"), "teachability")
    op.create_check_constraint(
        "key_origin", "teachability", "key_origin in ('given', 'plurality', 'tests', 'none')"
    )
    op.add_column("sample", sa.Column("reasoning_tokens", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(
        "uq_sample_paid_once",
        "sample",
        [*_OLD_IDENTITY, "max_tokens"],
    )
    op.add_column(
        "endpoint_spend",
        sa.Column("reasoning_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("run", sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_run_resume_at",
        "run",
        ["resume_at"],
        unique=False,
        postgresql_where=sa.text("resume_at is not null"),
    )


def _create_run_spend() -> None:
    op.create_table(
        "run_spend",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
            for name in ("calls", "prompt_tokens", "completion_tokens", "reasoning_tokens")
        ),
        sa.Column(
            "cost", sa.Numeric(precision=18, scale=8), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("cut_off", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_run_spend_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_spend_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "endpoint_id", name=op.f("pk_run_spend")),
    )


def downgrade() -> None:
    op.drop_table("run_spend")
    op.drop_index("ix_run_resume_at", table_name="run")
    op.drop_column("run", "resume_at")
    op.drop_column("endpoint_spend", "reasoning_tokens")
    op.drop_constraint(op.f("ck_teachability_key_origin"), "teachability")
    op.create_check_constraint(
        "key_origin", "teachability", "key_origin in ('given', 'plurality', 'none')"
    )
    op.drop_constraint("uq_sample_paid_once", "sample", type_="unique")
    op.execute(sa.text(_RESTORE_SAMPLES).bindparams(**_known_settings()))
    _name_line_ups(with_limit=True)
    op.create_unique_constraint(
        op.f("uq_sample_paid_once"),
        "sample",
        _OLD_IDENTITY,
    )
    op.drop_column("sample", "reasoning_tokens")
    op.drop_column("sample", "max_tokens")
    op.drop_index("ix_run_item_waiting", table_name="run_item")
    op.drop_column("run_item", "worth")
    op.drop_column("seed", "step_counts")
    op.drop_column("seed", "verdict_evidence")
    op.drop_column("judgment", "verifiable")
    op.drop_column("judgment", "well_posed")
    op.drop_column("judgment", "multi_step")
    op.drop_column("endpoint", "uses_batches")
    op.drop_column("endpoint", "max_cost_per_day")
    op.drop_column("endpoint", "max_calls_per_day")
    op.drop_table("endpoint_day")

"""filters and orders of seeds

Revision ID: c41f7e0a93d6
Revises: b84d1f60c2a7
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c41f7e0a93d6"
down_revision = "b84d1f60c2a7"
branch_labels = None
depends_on = None

_SIGNS = {
    "margin": sa.Double(), "tie": sa.Boolean(), "interval_width": sa.Double(),
    "judge_gap": sa.Double(), "key_conflict": sa.Boolean(),
}  # fmt: skip

# As `backend.scoring.signs` has it.
_CONTRADICTED = """
create function pg_temp.contradicted(classes jsonb) returns boolean language sql as $$
    select case when count(*) > 0 then
        count(*) filter (where votes = most) = 1
        and bool_or(answer is not null) filter (where votes = most) end
    from (
        select answer, sum(count) as votes, max(sum(count)) over () as most
        from (
            select case when not (found ->> 'is_reference')::boolean then found ->> 'key' end
                as answer, (found ->> 'count')::bigint as count
            from jsonb_array_elements(classes) found
        ) given
        group by answer
    ) counted
$$
"""
_FILL_SIGNS = """
update seed set
    margin = (known.plurality ->> 'margin')::float8,
    tie = case when (known.plurality ->> 'total')::int > 0
        then (known.plurality ->> 'tie')::boolean end,
    interval_width = case when seed.agreement is not null
        then (known.weak -> 0 ->> 'high')::float8 - (known.weak -> 0 ->> 'low')::float8 end,
    judge_gap = abs((judged.difficulty - 1) / 4 - (1 - seed.agreement)),
    key_conflict = case
        when known.by_reference then true
        else coalesce(known.by_weak, known.by_reference) end
from (
    select latest.*,
        case when key_origin in ('given', 'tests')
            then pg_temp.contradicted(plurality -> 'classes') end as by_reference,
        case when key_origin in ('given', 'plurality')
            then pg_temp.contradicted(jsonb_path_query_array(weak, '$[*].classes[*]'))
            end as by_weak
    from (
        select distinct on (revision_id) revision_id, key_origin, plurality, weak
        from teachability order by revision_id, created_at desc, id desc
    ) latest
) known
left join (
    select revision_id, avg(difficulty)::float8 as difficulty from judgment
    where unscored is null group by revision_id
) judged using (revision_id)
where known.revision_id = seed.revision_id and seed.verdict is not null
"""

# The rest of an index in an order, behind what it is narrowed by.
_ORDERED: dict[str, list[Any]] = {
    "ix_seed_score": ["status", sa.text("score desc nulls last"), sa.text("id desc")],
    "ix_seed_margin": ["status", sa.text("margin asc nulls last"), sa.text("id desc")],
    "ix_seed_interval_width": [
        "status", sa.text("interval_width desc nulls last"), sa.text("id desc"),
    ],
    "ix_seed_judge_gap": ["status", sa.text("judge_gap desc nulls last"), sa.text("id desc")],
}  # fmt: skip
_BY_ATTENTION: list[Any] = ["status", sa.text("attention desc nulls last"), sa.text("id desc")]
_NARROWED = {
    "ix_seed_verdict": "verdict",
    "ix_seed_domain": "domain",
    "ix_seed_source": "source_id",
}


def upgrade() -> None:
    op.drop_index("ix_seed_verdict", table_name="seed")
    op.drop_index("ix_seed_domain", table_name="seed")
    for name, kind in _SIGNS.items():
        op.add_column("seed", sa.Column(name, kind, nullable=True))
    op.add_column(
        "seed",
        sa.Column(
            "tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.execute(_CONTRADICTED)
    op.execute(_FILL_SIGNS)
    op.execute("drop function pg_temp.contradicted(jsonb)")
    _index_orders()
    _create_texts()


def _index_orders() -> None:
    for name, columns in _ORDERED.items():
        op.create_index(name, "seed", columns)
    for name, column in _NARROWED.items():
        op.create_index(name, "seed", [column, *_BY_ATTENTION])
    op.create_index(
        "ix_seed_marked",
        "seed",
        _BY_ATTENTION,
        postgresql_where=sa.text("flagged or tie or key_conflict"),
    )
    op.create_index(
        "ix_seed_tags",
        "seed",
        ["tags"],
        postgresql_using="gin",
        postgresql_where=sa.text("tags <> '{}'"),
    )


def _create_texts() -> None:
    """Workers read the texts, as after an import."""
    op.execute("create extension if not exists pg_trgm")
    op.create_table(
        "seed_text",
        sa.Column("seed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=True),
        sa.Column("pieces", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("seed_id", name=op.f("pk_seed_text")),
    )
    op.execute("insert into seed_text (seed_id) select id from seed order by id")
    op.execute(
        "insert into job (kind, payload) select 'seeds.read_texts', '{}' "
        "where exists (select from seed)"
    )
    op.create_index(
        "ix_seed_text_words",
        "seed_text",
        ["words"],
        postgresql_using="gin",
        postgresql_where=sa.text("words is not null"),
    )
    op.create_index(
        "ix_seed_text_pieces",
        "seed_text",
        ["pieces"],
        postgresql_using="gin",
        postgresql_ops={"pieces": "gin_trgm_ops"},
        postgresql_where=sa.text("pieces is not null"),
    )
    op.create_index(
        "ix_seed_text_unread",
        "seed_text",
        ["seed_id"],
        postgresql_where=sa.text("words is null"),
    )


def downgrade() -> None:
    op.execute("delete from job where kind = 'seeds.read_texts'")
    op.drop_table("seed_text")  # the extension stays: others may use it by now
    for name in ("ix_seed_tags", "ix_seed_marked", *_ORDERED, *_NARROWED):
        op.drop_index(name, table_name="seed")
    for name in ("tags", *_SIGNS):
        op.drop_column("seed", name)
    by_score = [sa.text("score desc nulls last"), sa.text("id desc")]
    op.create_index("ix_seed_verdict", "seed", ["status", "verdict", *by_score])
    op.create_index("ix_seed_domain", "seed", ["domain", "status", *by_score])

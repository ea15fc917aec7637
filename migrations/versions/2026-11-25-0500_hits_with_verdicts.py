"""hits with verdicts

Revision ID: 7c4be1d09a36
Revises: 5d1c7be0a2f4
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7c4be1d09a36"
down_revision = "5d1c7be0a2f4"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
# The defaults of the day, so that the policy of old hits stays what it was.
SETTINGS = (
    '{"ngram_words": 8, "ngram_coverage": 0.5, "extra_words": 4, "common_items": 50, '
    '"candidates": 6, "same_probability": 0.2, "variant_probability": 0.5, '
    '"related_similarity": 0.6, "verdict_by": "model", "actions": {"contaminated": "block", "variant": "review", '
    '"related": "ignore"}, "embedding_endpoint_id": null, "embedding_similarity": 0.8, '
    '"judge_endpoint_id": null}'
)


def upgrade() -> None:
    _create_policies()
    _create_indexes()
    _number_items()
    _refer_to_indexes()
    _extend_hits()


def _created_at() -> "sa.Column[Any]":
    now = sa.text("now()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def _create_policies() -> None:
    op.create_table(
        "decontamination_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decontamination_policy")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_decontamination_policy_name_version")),
    )
    op.execute(
        sa.text(
            "insert into decontamination_policy (name, version, settings) "
            "values ('default', 1, cast(:settings as jsonb))"
        ).bindparams(settings=SETTINGS)
    )


def _create_indexes() -> None:
    op.create_table(
        "benchmark_index",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("newest_item", sa.BigInteger(), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["decontamination_policy.id"],
            name=op.f("fk_benchmark_index_policy_id_decontamination_policy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_index")),
        sa.UniqueConstraint(
            "policy_id", "newest_item", name=op.f("uq_benchmark_index_policy_id_newest_item")
        ),
    )
    # What was checked until now was checked in another way: it is compared with all items again.
    op.execute(
        "insert into benchmark_index (policy_id, newest_item) "
        "select id, 0 from decontamination_policy"
    )


def _number_items() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("benchmark_item_version_seq")))
    op.add_column(
        "benchmark_item",
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default=sa.text("nextval('benchmark_item_version_seq')"),
            nullable=False,
        ),
    )
    op.create_index("ix_benchmark_item_version", "benchmark_item", ["version"])


def _refer_to_indexes() -> None:
    first = "(select min(id) from benchmark_index)"
    op.execute(f"update seed set checked_index = {first}::text where checked_index is not null")
    op.execute("alter table seed alter checked_index type bigint using checked_index::bigint")
    op.create_foreign_key(
        op.f("fk_seed_checked_index_benchmark_index"),
        "seed", "benchmark_index", ["checked_index"], ["id"],
    )  # fmt: skip
    # What imports and decisions put back when they are undone.
    for table, column in (
        ("import_change", "before"), ("decision", "before"), ("decision", "after"),
    ):  # fmt: skip
        op.execute(
            f"update {table} set {column} = jsonb_set({column}, '{{checked_index}}', "
            f"to_jsonb({first})) where jsonb_typeof({column}->'checked_index') = 'string'"
        )


def _extend_hits() -> None:
    _add_to_hits()
    op.execute(
        "update decontamination_hit hit set verdict = 'contaminated', action = 'block', "
        "score = coverage_item, seed_numbers = '[]', item_numbers = '[]', "
        "item_hash = sha256(convert_to(item.text, 'UTF8')), "
        "index_id = (select min(id) from benchmark_index), "
        "settled_at = (select max(created_at) from decision where decision.hit_id = hit.id) "
        "from benchmark_item item where item.id = hit.item_id"
    )
    for name in (
        "item_hash", "verdict", "action", "score", "seed_numbers", "item_numbers", "index_id",
    ):  # fmt: skip
        op.alter_column("decontamination_hit", name, nullable=False)
    op.drop_column("decontamination_hit", "policy")
    _constrain_hits()


def _add_to_hits() -> None:
    for column in (
        sa.Column("item_hash", sa.LargeBinary()),
        sa.Column("verdict", sa.String()),
        sa.Column("action", sa.String()),
        sa.Column("score", sa.Float()),
        sa.Column("seed_numbers", JSON),
        sa.Column("item_numbers", JSON),
        sa.Column("evidence", JSON),
        sa.Column("index_id", sa.BigInteger()),
        sa.Column("inherited_from", sa.BigInteger()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("decontamination_hit", column)


def _constrain_hits() -> None:
    op.drop_constraint("uq_decontamination_hit_pair", "decontamination_hit")
    op.create_unique_constraint(
        "uq_decontamination_hit_pair",
        "decontamination_hit",
        ["revision_id", "item_id", "item_hash"],
    )
    for name, values in (
        ("verdict", "('contaminated', 'variant', 'related')"),
        ("method", "('exact', 'ngram', 'retrieval', 'code', 'embedding', 'judge')"),
        ("action", "('block', 'review', 'ignore')"),
        ("state", "('open', 'confirmed', 'dismissed')"),
    ):
        op.create_check_constraint(
            op.f(f"ck_decontamination_hit_{name}"), "decontamination_hit", f"{name} in {values}"
        )
    for name, table in (
        ("index_id", "benchmark_index"), ("inherited_from", "decontamination_hit"),
    ):  # fmt: skip
        op.create_foreign_key(
            op.f(f"fk_decontamination_hit_{name}_{table}"),
            "decontamination_hit", table, [name], ["id"],
        )  # fmt: skip
    op.create_index("ix_decontamination_hit_item_hash", "decontamination_hit", ["item_hash"])
    op.create_index(
        "ix_decontamination_hit_inherited_from",
        "decontamination_hit",
        ["inherited_from"],
        postgresql_where=sa.text("inherited_from is not null"),
    )


def downgrade() -> None:
    _shrink_hits()
    op.drop_constraint("fk_seed_checked_index_benchmark_index", "seed")
    op.execute("alter table seed alter checked_index type varchar using null")
    op.drop_index("ix_benchmark_item_version", "benchmark_item")
    op.drop_column("benchmark_item", "version")
    op.execute("drop sequence benchmark_item_version_seq")
    op.drop_table("benchmark_index")
    op.drop_table("decontamination_policy")


def _shrink_hits() -> None:
    """The newest hit of each wording and item stays; what it says of itself goes."""
    op.execute("update decontamination_hit set inherited_from = null")
    op.execute(
        "update decision set hit_id = (select max(newer.id) from decontamination_hit newer "
        "where (newer.revision_id, newer.item_id) = (hit.revision_id, hit.item_id)) "
        "from decontamination_hit hit where hit.id = decision.hit_id"
    )
    op.execute(
        "delete from decontamination_hit hit using decontamination_hit newer where newer.id > hit.id "
        "and (newer.revision_id, newer.item_id) = (hit.revision_id, hit.item_id)"
    )
    op.drop_index("ix_decontamination_hit_inherited_from", "decontamination_hit")
    op.drop_constraint("uq_decontamination_hit_pair", "decontamination_hit")
    op.create_unique_constraint(
        "uq_decontamination_hit_pair", "decontamination_hit", ["revision_id", "item_id"]
    )
    for name in ("method", "state"):
        op.drop_constraint(op.f(f"ck_decontamination_hit_{name}"), "decontamination_hit")
    op.add_column(
        "decontamination_hit",
        sa.Column("policy", sa.String(), server_default="unknown", nullable=False),
    )
    op.alter_column("decontamination_hit", "policy", server_default=None)
    for name in (
        "item_hash", "verdict", "action", "score", "seed_numbers", "item_numbers", "evidence",
        "index_id", "inherited_from", "settled_at",
    ):  # fmt: skip
        op.drop_column("decontamination_hit", name)

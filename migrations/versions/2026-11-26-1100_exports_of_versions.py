"""exports of mixture versions: what a version knows of its seeds, families, shards

Revision ID: 6b1d0c5e8f24
Revises: 8d3f61b0a7c4
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6b1d0c5e8f24"
down_revision = "8d3f61b0a7c4"
branch_labels = None
depends_on = None

_PAIRS = """
    select member.seed_id, duplicate_group.leader_id
    from duplicate_member member
    join duplicate_group on duplicate_group.id = member.group_id
    union all
    select seed_id, parent_id from seed_parent
"""
_SEEDS = """
    insert into mixture_seed (version_id, revision_id, domain, licence, verdict, score,
        reliability, key_origin, reference_answer, policy, confirmed_hits)
    select held.version_id, held.revision_id, seed.domain, seed.licence, latest.verdict,
        latest.score, latest.reliability, latest.key_origin, latest.reference_answer,
        latest.policy, '{}'
    from (select distinct version_id, seed_id, revision_id from mixture_row) held
    join mixture_version version on version.id = held.version_id
    join seed on seed.id = held.seed_id
    left join lateral (
        select teachability.*, policy.name || ' v' || policy.version as policy
        from teachability join policy on policy.id = teachability.policy_id
        where teachability.revision_id = held.revision_id
            and teachability.created_at <= version.frozen_at
        order by teachability.created_at desc, teachability.id desc limit 1
    ) latest on true
    where version.frozen_at is not null
"""


def upgrade() -> None:
    _create_seeds()
    op.execute(_SEEDS)
    op.add_column("mixture_row", sa.Column("family", sa.BigInteger(), nullable=True))
    _set_families()
    op.alter_column("mixture_row", "family", nullable=False)
    op.add_column("mixture_version", sa.Column("facts", postgresql.JSONB(), nullable=True))
    _change_exports()
    _create_shards()


def downgrade() -> None:
    op.drop_table("export_shard")
    op.execute("delete from export where version_id is not null")
    _set_layouts("sft", "rl")
    for column in ("version_id", "format", "kind", "destination"):
        op.drop_column("export", column)
    op.drop_column("mixture_version", "facts")
    op.drop_column("mixture_row", "family")
    op.drop_table("mixture_seed")


def _set_families() -> None:
    """The least number in a version of those that hang together by today's pairs."""
    op.execute("update mixture_row set family = seed_id")
    connection = op.get_bind()
    if connection.scalar(sa.text("select not exists (select from mixture_row)")):
        return
    root = _roots((pair[0], pair[1]) for pair in connection.execute(sa.text(_PAIRS)))
    if not root:
        return
    op.execute("create temporary table seed_root (seed_id bigint primary key, root bigint)")
    connection.execute(
        sa.text("insert into seed_root values (:seed_id, :root)"),
        [{"seed_id": seed_id, "root": above} for seed_id, above in root.items()],
    )
    op.execute("""
        update mixture_row set family = found.least
        from seed_root, (
            select version_id, root, min(seed_id) as least
            from mixture_row join seed_root using (seed_id) group by version_id, root
        ) found
        where seed_root.seed_id = mixture_row.seed_id and found.root = seed_root.root
            and found.version_id = mixture_row.version_id
    """)
    op.execute("drop table seed_root")


def _roots(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    above: dict[int, int] = {}

    def root_of(seed_id: int) -> int:
        while above.setdefault(seed_id, seed_id) != seed_id:
            above[seed_id] = above[above[seed_id]]
            seed_id = above[seed_id]
        return seed_id

    for one, other in pairs:
        first, second = sorted((root_of(one), root_of(other)))
        above[second] = first
    return {seed_id: root_of(seed_id) for seed_id in list(above)}


def _create_seeds() -> None:
    op.create_table(
        "mixture_seed",
        _reference("version_id", "mixture_seed", "mixture_version"),
        _reference("revision_id", "mixture_seed", "seed_revision"),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("domain", "licence", "verdict")),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reliability", sa.Float(), nullable=True),
        *(
            sa.Column(name, sa.String(), nullable=True)
            for name in ("key_origin", "reference_answer", "policy")
        ),
        sa.Column(
            "confirmed_hits", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("version_id", "revision_id", name=op.f("pk_mixture_seed")),
    )  # fmt: skip


def _change_exports() -> None:
    op.add_column("export", _reference("version_id", "export", "mixture_version", nullable=True))
    for column in ("format", "kind", "destination"):
        op.add_column("export", sa.Column(column, sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_export_of_version"), "export",
        "(version_id is null) = (format is null) and (version_id is null) = (kind is null)",
    )  # fmt: skip
    _set_layouts("sft", "rl", "any")
    op.create_index("ix_export_version_id", "export", ["version_id"])


def _set_layouts(*names: str) -> None:
    op.drop_constraint(op.f("ck_export_layout"), "export", type_="check")
    op.create_check_constraint(op.f("ck_export_layout"), "export", f"layout in {names}")


def _create_shards() -> None:
    op.create_table(
        "export_shard",
        _reference("export_id", "export_shard", "export"),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("first_position", "end_position", "rows", "tokens", "bytes")
        ),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("guidelines", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("split in ('train', 'validation')", name=op.f("ck_export_shard_split")),
        sa.PrimaryKeyConstraint("export_id", "path", name=op.f("pk_export_shard")),
    )  # fmt: skip


def _reference(column: str, table: str, other: str, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}_{other}"))
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable, autoincrement=False)

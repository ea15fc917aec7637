"""Rows that were frozen before families were kept get theirs, and the lineage that is known."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "4f7a2c9e6d13", "6b1d0c5e8f24"
STORED = """
    insert into user_account (name, role) values ('ada', 'curator');
    insert into source (name) values ('s');
    insert into seed (id, source_id, revision_id, content_hash, domain)
    select n, 1, n, sha256(n::text::bytea), 'maths' from generate_series(1, 6) n;
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    select n, n, 1, n::text, sha256(n::text::bytea), 'import' from generate_series(1, 6) n;
    insert into duplicate_group (id, kind, leader_id) values (1, 'variants', 1), (2, 'copies', 4);
    insert into duplicate_member (group_id, seed_id, similarity)
    values (1, 3, 0.9), (2, 3, 0.9), (2, 5, 0.9);
    insert into mixture (name, recipe, created_by) values ('m', '{}', 1);
    insert into mixture_version (mixture_id, number, recipe, created_by, rows_hash, frozen_at)
    values (1, 1, '{}', 1, 'hash', now());
    insert into mixture_row (version_id, position, seed_id, revision_id, copy, weight, split,
        tokens)
    select 1, n - 2, n, n, 0, 1, 'train', 10 from generate_series(2, 6) n;
    insert into policy (id, name, version, settings) values (7, 'strict', 3, '{}');
    insert into teachability (revision_id, policy_id, key_origin, reliability, suspect, hard,
        teachable, easy, score, score_low, score_high, verdict, created_at)
    select n, 7, 'none', 0.5, 0, 0, 1, 0, 0.75, 0, 1, 'teachable',
        now() + case when n = 2 then interval '-1 day' else interval '1 day' end
    from generate_series(2, 3) n;
"""


def test_rows_get_families_and_lineage(empty_database: Database) -> None:
    empty_database.up(BEFORE)
    for statement in STORED.split(";\n"):
        if statement.strip():
            # One transaction: seeds and revisions name each other.
            empty_database._connection.exec_driver_sql(statement)
    empty_database._connection.commit()
    empty_database.up(AFTER)
    # 1, 3, 4 and 5 hang together; 1 is not in the version.
    assert empty_database.run("select seed_id, family from mixture_row order by seed_id") == [
        (2, 2), (3, 3), (4, 3), (5, 3), (6, 6)
    ]  # fmt: skip
    # The verdict on 3 was made after the freeze.
    assert empty_database.run(
        "select revision_id, domain, verdict, score, policy from mixture_seed "
        "where revision_id < 4 order by revision_id"
    ) == [(2, "maths", "teachable", 0.75, "strict v3"), (3, "maths", None, None, None)]
    empty_database.run(
        "insert into export (name, layout, filter, settings, version_id, format, kind, created_by) "
        "values ('e', 'sft', '{}', '{}', 1, 'trl-sft', 'parquet', 1), "
        "('f', 'sft', '{}', '{}', null, null, null, 1)"
    )
    empty_database.down(BEFORE)
    assert empty_database.run("select name from export") == [("f",)]
    empty_database.up(AFTER)

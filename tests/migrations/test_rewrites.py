"""Approved rewrites are edits to a schema that knows no rewrites."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "e7d3a1b85f20", "b1d94c7e02fa"


def test_approved_rewrite_is_an_edit_after_a_downgrade(empty_database: Database) -> None:
    """Downgrades work, and upgrades after them."""
    empty_database.up(AFTER)
    empty_database.run("insert into source (name) values ('s')")
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run(
        "with one as (insert into seed (source_id, revision_id, content_hash) "
        "values (1, 2, 'b')) insert into seed_revision "
        "(id, seed_id, number, prompt, content_hash, origin) "
        "values (1, 1, 1, 'Prove it.', 'a', 'import'), (2, 1, 2, 'What is it?', 'b', 'rewrite')"
    )
    empty_database.run(
        "insert into decision (seed_id, revision_id, user_id, kind, before, after) values "
        "(1, 2, 1, 'rewrite', '{\"revision_id\": 1}', '{\"revision_id\": 2}')"
    )
    empty_database.down(BEFORE)
    assert empty_database.run("select kind from decision") == [("edit",)]
    assert empty_database.run("select revision_id from seed") == [(2,)]
    empty_database.up(AFTER)
    assert empty_database.run("select count(*) from rewrite") == [(0,)]

"""Edits of many seeds go with a downgrade; their events stay, one by one."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "9b3e61f2a7d4", "8c41d6e05b9a"
BATCH = "00000000-0000-4000-8000-000000000001"
_BEGIN = f"""
    insert into user_account (name, role) values ('ada', 'curator');
    insert into source (name) values ('s');
    insert into seed (source_id, revision_id, content_hash) values (1, 1, 'h');
    insert into seed_revision (seed_id, number, prompt, content_hash, origin)
    values (1, 1, 'p', 'h', 'import');
    insert into decision_batch (batch, user_id, kind, changes, count)
    values ('{BATCH}', 1, 'edit', '{{"domain": null}}', 1);
    insert into decision (seed_id, revision_id, user_id, kind, before, after, batch)
    values (1, 1, 1, 'edit', '{{"domain": "a"}}', '{{"domain": null}}', '{BATCH}');
"""


def test_downgrade_keeps_the_events_and_upgrade_works_after_it(empty_database: Database) -> None:
    empty_database.up(AFTER)
    empty_database.run(_BEGIN)
    empty_database.down(BEFORE)
    assert empty_database.run("select kind, batch from decision") == [("edit", None)]
    assert empty_database.run("select count(*) from decision_batch") == [(0,)]
    empty_database.up(AFTER)
    assert empty_database.run("select count(changes) from decision_batch") == [(0,)]

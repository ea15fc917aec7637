"""Rows of exports are kept from this migration on; exports from before have none."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "6b1d0c5e8f24", "5a1d8e3c7b20"


def test_imports_and_exports_from_before_stay(empty_database: Database) -> None:
    empty_database.up(BEFORE)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run("insert into seed_import (created_by, label) values (1, 'a.jsonl')")
    empty_database.run(
        "insert into export (name, layout, filter, settings, created_by) "
        "values ('old', 'rl', '{}', '{}', 1)"
    )
    empty_database.up(AFTER)
    assert empty_database.run("select label, recipe from seed_import") == [("a.jsonl", None)]
    assert empty_database.run("select count(*) from export_row") == [(0,)]
    empty_database.down(BEFORE)
    assert empty_database.run("select to_regclass('export_row')") == [(None,)]
    assert empty_database.run("select name from export") == [("old",)]
    empty_database.up(AFTER)

"""Mixtures go with a downgrade, and a schema without them takes them again."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "b1d94c7e02fa", "4f7a2c9e6d13"


def test_downgrade_leaves_seeds_and_upgrade_works_after_it(empty_database: Database) -> None:
    empty_database.up(AFTER)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run("insert into mixture (name, recipe, created_by) values ('m', '{}', 1)")
    empty_database.down(BEFORE)
    assert empty_database.run("select to_regclass('mixture'), to_regclass('seed_takedown')") == [
        (None, None)
    ]
    empty_database.up(AFTER)
    assert empty_database.run("select count(*) from mixture") == [(0,)]

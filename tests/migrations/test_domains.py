"""Suggested domains go with a downgrade; seeds keep what they were given."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "5a1d8e3c7b20", "7d1c5e90b3a2"


def test_downgrade_takes_the_runs_and_upgrade_works_after_it(empty_database: Database) -> None:
    empty_database.up(AFTER)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run("insert into policy (name, version, settings) values ('p', 1, '{}')")
    for kind in ("scoring", "domains"):
        empty_database.run(
            "insert into run (name, kind, filter, settings, policy_id, created_by) "
            f"select '{kind}', '{kind}', '{{}}', '{{}}', max(id), 1 from policy"
        )
    empty_database.down(BEFORE)
    assert empty_database.run("select kind from run") == [("scoring",)]
    gone = "select to_regclass('domain_suggestion'), to_regclass('domain_applied')"
    assert empty_database.run(gone) == [(None, None)]
    empty_database.up(AFTER)
    assert empty_database.run("select count(*) from domain_suggestion") == [(0,)]

"""Runs of before are at their first attempt, and a downgrade keeps them."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "d27a90f4b6e3", "6b90e7d3c1f8"
_BEGIN = """
    insert into user_account (name, role) values ('ada', 'curator');
    insert into export (name, layout, filter, settings, created_by)
    values ('e', 'sft', '{}', '{}', 1);
    insert into training_run (name, kind, export_id, recipe, target, folder, created_by, state,
        cause, error)
    values ('r', 'sft', 1, '{}', '{}', '1-r', 1, 'failed', 'disk', 'full');
"""
_RUN = "select state, error from training_run"


def test_runs_of_before_can_be_gone_on_with_and_go_back(empty_database: Database) -> None:
    empty_database.up(BEFORE)
    empty_database.run(_BEGIN)
    empty_database.up(AFTER)
    assert empty_database.run("select attempt, resumed_from, resumed_by from training_run") == [
        (1, None, None)
    ]
    empty_database.run(
        "insert into training_attempt (run_id, number, state, step, cause, error) "
        "values (1, 1, 'failed', 7, 'disk', 'full')"
    )
    empty_database.run("update training_run set attempt = 2, resumed_from = 5, resumed_by = 1")
    empty_database.down(BEFORE)
    assert empty_database.run("select to_regclass('training_attempt')") == [(None,)]
    assert empty_database.run(_RUN) == [("failed", "full")]
    empty_database.up(AFTER)
    assert empty_database.run("select attempt from training_run") == [(1,)]

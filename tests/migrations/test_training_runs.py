"""Training runs and checkpoints, which refer to one another, go with a downgrade and come again."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "4f7a2c9e6d13", "8d3f61b0a7c4"


def test_downgrade_leaves_exports_and_upgrade_works_after_it(empty_database: Database) -> None:
    empty_database.up(AFTER)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run(
        "insert into export (name, layout, filter, settings, created_by) "
        "values ('e', 'sft', '{}', '{}', 1)"
    )
    empty_database.run(
        "insert into training_run (name, kind, export_id, recipe, target, folder, created_by) "
        "values ('r', 'sft', 1, '{}', '{}', '1-r', 1)"
    )
    empty_database.run(
        "insert into checkpoint (run_id, export_id, name, step, is_final, path, metrics, recipe, "
        "files) values (1, 1, 'c', 3, true, 'p', '{}', '{}', '[]')"
    )
    empty_database.run("update training_run set parent_checkpoint_id = 1")
    empty_database.down(BEFORE)
    assert empty_database.run("select to_regclass('training_run'), to_regclass('checkpoint')") == [
        (None, None)
    ]
    assert empty_database.run("select count(*) from export") == [(1,)]
    empty_database.up(AFTER)
    assert empty_database.run("select count(*) from training_run") == [(0,)]

"""Tokenizers and their counts go with a downgrade."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "7d1c5e90b3a2", "9b3e61f2a7d4"


def test_downgrade_takes_them_and_upgrade_works_after_it(empty_database: Database) -> None:
    empty_database.up(AFTER)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run(
        "insert into tokenizer (name, sha256, file, size, vocabulary, template_tokens, created_by) "
        "values ('t', 'h', 'x', 1, 1, 0, 1)"
    )
    empty_database.down(BEFORE)
    assert empty_database.run("select to_regclass('tokenizer')") == [(None,)]
    empty_database.up(AFTER)
    assert empty_database.run("select count(*) from tokenizer") == [(0,)]

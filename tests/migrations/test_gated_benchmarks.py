"""Benchmarks that were loaded before any could be gated."""

from tests.migrations.conftest import Database

GATED = "3f6a9c04d8be"


def test_gpqa_becomes_gated_by_whatever_name_and_nothing_else_does(
    empty_database: Database,
) -> None:
    empty_database.up(GATED)
    empty_database.down(f"{GATED}-1")
    for name in ("gsm8k", "GPQA", "my_gpqa_diamond"):
        empty_database.run(
            "insert into benchmark (name, version, split) values (:name, '1', 'test')", name=name
        )
    empty_database.up(GATED)
    found = empty_database.run("select name, gated, stands_for from benchmark order by id")
    assert found == [("gsm8k", False, None), ("GPQA", True, None), ("my_gpqa_diamond", True, None)]

"""Bulk actions that were taken before they had rows of their own."""

from uuid import UUID

from tests.migrations.conftest import Database

BATCHES = "5c0e7a91d3f4"
REJECTED, UNDONE, KEPT = (UUID(int=number) for number in (3, 2, 1))
_BEGIN = """
    insert into user_account (name, role) values ('ann', 'curator'), ('bob', 'curator');
    insert into source (name) values ('s');
    insert into seed (source_id, revision_id, content_hash) values (1, 1, 'a'), (1, 2, 'b');
    insert into seed_revision (seed_id, number, prompt, content_hash, origin)
    values (1, 1, 'a', 'a', 'import'), (2, 1, 'b', 'b', 'import');
"""
_EVENT = """
    insert into decision
        (seed_id, revision_id, user_id, kind, reason, before, after, batch, undoes_id)
    values (:seed, :seed, :user, :kind, :reason, '{}', '{}', :batch, :undoes)
"""


def test_events_of_a_batch_become_one_row_and_go_back(empty_database: Database) -> None:
    empty_database.up(BATCHES)
    empty_database.down(f"{BATCHES}-1")
    empty_database.run(_BEGIN)
    for seed, user, kind, reason, batch, undoes in (
        (1, 1, "flag", None, None, None),
        (1, 1, "reject", "easy", REJECTED, None),
        (2, 1, "reject", "easy", REJECTED, None),
        (1, 2, "undo", None, UNDONE, 2),
        (1, 2, "edit", "kept of its duplicates", KEPT, None),
        (2, 2, "reject", "duplicate of seed 1", KEPT, None),
    ):
        empty_database.run(
            _EVENT, seed=seed, user=user, kind=kind, reason=reason, batch=batch, undoes=undoes
        )
    empty_database.up(BATCHES)
    found = empty_database.run(
        "select batch, user_id, kind, reason, undoes, count, undone_count from decision_batch "
        "order by id"
    )
    assert found == [
        (REJECTED, 1, "reject", "easy", None, 2, 1),
        (UNDONE, 2, "undo", None, REJECTED, 1, 0),
        (KEPT, 2, "keep_duplicate", None, None, 2, 0),
    ]
    empty_database.down(f"{BATCHES}-1")
    assert empty_database.run("select count(*) from decision where batch is not null") == [(5,)]

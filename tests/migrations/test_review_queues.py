"""Queues come and go: with them go the opinions, and no decision."""

from tests.migrations.conftest import Database

QUEUES = "6e1f8a35c0d9"


def test_decisions_stay_when_opinions_go(empty_database: Database) -> None:
    empty_database.up(QUEUES)
    empty_database.run("insert into user_account (name, role) values ('ada', 'curator')")
    empty_database.run("insert into source (name) values ('s')")
    # A seed and its revision point at each other.
    empty_database.run(
        "with made as (insert into seed (source_id, revision_id, content_hash) values (1, 1, 'h'))"
        " insert into seed_revision (seed_id, number, prompt, content_hash, origin)"
        " values (1, 1, 'p', 'h', 'import')"
    )
    empty_database.run(
        "insert into review_queue (name, filter, sort, overlap, instructions, token, created_by)"
        " values ('q', '{}', 'attention', 2, '', gen_random_uuid(), 1)"
    )
    events = (
        ("accept", "{}", "null", "null"),
        ("opinion_reject", '{"opinion": {}}', "1", "null"),
        ("undo", '{"opinion": null}', "1", "2"),
        ("opinion_reject", '{"opinion": {}}', "1", "3"),
    )
    for kind, after, queue, undoes in events:
        empty_database.run(
            "insert into decision (seed_id, revision_id, user_id, kind, before, after, queue_id,"
            " undoes_id)"
            f" values (1, 1, 1, :kind, '{{}}', cast(:after as jsonb), {queue}, {undoes})",
            kind=kind, after=after,
        )  # fmt: skip
    empty_database.down(f"{QUEUES}-1")
    assert empty_database.run("select kind from decision") == [("accept",)]
    empty_database.up(QUEUES)
    assert empty_database.run("select kind, queue_id from decision") == [("accept", None)]

"""Answers that models proposed before are found by their rewrites."""

from tests.migrations.conftest import Database

BEFORE, AFTER = "8c41d6e05b9a", "d27a90f4b6e3"
_BEGIN = """
    insert into user_account (name, role) values ('ada', 'curator');
    insert into endpoint (name, base_url, model, role, sampling)
    values ('teacher', 'http://t', 'm', 'teacher', '{}');
    insert into source (name) values ('s');
    insert into seed (source_id, revision_id, content_hash)
    values (1, 2, 'a'), (1, 4, 'b'), (1, 6, 'c');
    insert into seed_revision (seed_id, number, prompt, answer, content_hash, origin)
    values (1, 1, 'p', null, 'p', 'import'), (1, 2, 'a', '5', 'a', 'rewrite'),
        (2, 1, 'q', '5', 'q', 'import'), (2, 2, 'b', '5', 'b', 'rewrite'),
        (3, 1, 'r', null, 'r', 'import'), (3, 2, 'c', '5', 'c', 'rewrite');
    insert into rewrite (seed_id, base_revision_id, revision_id, kind, why, author_id,
        endpoint_id, state, token)
    values (1, 1, 2, 'free', 'w', null, 1, 'approved', gen_random_uuid()),
        (2, 3, 4, 'free', 'w', null, 1, 'approved', gen_random_uuid()),
        (3, 5, 6, 'free', 'w', 1, null, 'approved', gen_random_uuid());
"""


def test_new_answers_of_models_alone_are_proposals_and_go_back(empty_database: Database) -> None:
    empty_database.up(BEFORE)
    empty_database.run(_BEGIN)
    empty_database.up(AFTER)
    found = empty_database.run("select id, answer_origin from seed order by id")
    assert found == [(1, "proposed"), (2, "given"), (3, "given")]
    empty_database.down(BEFORE)
    assert empty_database.run("select count(*) from seed") == [(3,)]

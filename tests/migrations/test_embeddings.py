"""Endpoints in the role embedding come with the stage, and go with it."""

from tests.migrations.conftest import Database

EMBEDDINGS = "b84d1f60c2a7"
_ENDPOINT = (
    "insert into endpoint (name, base_url, model, role, sampling) "
    "values (:name, 'http://127.0.0.1:9/v1', 'm', :role, '{}') returning id"
)


def test_embedding_endpoints_go_with_their_stage_and_others_stay(empty_database: Database) -> None:
    empty_database.up(EMBEDDINGS)
    for role in ("judge", "embedding"):
        [(number,)] = empty_database.run(_ENDPOINT, name=role, role=role)
        empty_database.run(
            "insert into endpoint_spend (endpoint_id, calls, prompt_tokens, completion_tokens, "
            "cost) values (:number, 1, 1, 0, 0)",
            number=number,
        )
    empty_database.down(f"{EMBEDDINGS}-1")
    assert empty_database.run("select role from endpoint") == [("judge",)]
    assert empty_database.run("select count(*) from endpoint_spend") == [(1,)]
    empty_database.up(EMBEDDINGS)
    assert empty_database.run(_ENDPOINT, name="again", role="embedding")

"""What sources have cost is reckoned from the samples that are there."""

from decimal import Decimal

from tests.migrations.conftest import Database

OVERVIEW = "9d27c5ae41f0"


def test_spend_by_source_begins_with_what_was_spent(empty_database: Database) -> None:
    empty_database.up(f"{OVERVIEW}-1")
    empty_database.run("insert into source (name) values ('web'), ('books'), ('none')")
    empty_database.run(
        "insert into endpoint (name, base_url, model, role, sampling) "
        "values ('weak', 'http://127.0.0.1:9/v1', 'm', 'weak', '{}')"
    )
    for number, (source, costs) in enumerate([(1, [1, 2]), (1, [4]), (2, [8])], start=1):
        empty_database.run(
            "with seed as (insert into seed (source_id, revision_id, content_hash) "
            "values (:source, :number, sha256(:text)) returning id) "
            "insert into seed_revision (seed_id, number, prompt, content_hash, origin) "
            "select id, 1, 'p', sha256(:text), 'import' from seed",
            source=source, number=number, text=str(number).encode(),
        )  # fmt: skip
        for index, cost in enumerate(costs):
            empty_database.run(
                "insert into sample (revision_id, endpoint_id, template_hash, settings_hash, "
                "sample_index, max_tokens, response, prompt_tokens, completion_tokens, cost, "
                "latency_ms) values (:number, 1, 't', 's', :index, 9, 'r', 1, 1, :cost, 1)",
                number=number, index=index, cost=cost,
            )  # fmt: skip
    empty_database.up(OVERVIEW)
    spend = "select source_id, calls, cost from source_spend order by source_id"
    assert empty_database.run(spend) == [(1, 3, Decimal(7)), (2, 1, Decimal(8))]
    empty_database.down(f"{OVERVIEW}-1")
    empty_database.up(OVERVIEW)
    assert len(empty_database.run(spend)) == 2

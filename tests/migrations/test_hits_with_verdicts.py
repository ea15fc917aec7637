"""Hits of before say afterwards what they are, and what was checked is checked once more."""

import hashlib

import pytest

from tests.migrations.conftest import Database

BEFORE, AFTER = "5d1c7be0a2f4", "7c4be1d09a36"


@pytest.fixture
def database(empty_database: Database) -> Database:
    """As it was before; downgrades work too."""
    empty_database.up(AFTER)
    empty_database.down(BEFORE)
    return empty_database


def _old_rows(database: Database) -> None:
    """A checked and an unchecked seed; a dismissed hit, with the decision that dismissed it."""
    database.run("insert into user_account (name, role) values ('ada', 'admin')")
    database.run("insert into source (name) values ('test')")
    for number, checked in ((1, "'abc'"), (2, "null")):
        database.run(
            "with one as (insert into seed (source_id, external_id, revision_id, content_hash, "
            f"checked_index) values (1, '{number}', {number}, 'h{number}', {checked})) "
            "insert into seed_revision (id, seed_id, number, prompt, content_hash, origin) "
            f"values ({number}, {number}, 1, 'What?', 'h{number}', 'import')"
        )
    database.run("insert into benchmark (name, version, split) values ('gsm8k', '1', 'test')")
    database.run(
        "insert into benchmark_item (benchmark_id, external_id, text) values (1, 'a', 'Größe?')"
    )
    database.run(
        "insert into decontamination_hit (revision_id, item_id, method, coverage_item, "
        "coverage_seed, longest_words, spans, policy, state) "
        "values (1, 1, 'ngram', 0.7, 0.5, 9, '[[0, 4, 0, 4]]', 'ngram_words=8', 'dismissed')"
    )
    database.run(
        "insert into decision (seed_id, revision_id, user_id, kind, hit_id, before, after, "
        "created_at) values (1, 1, 1, 'dismiss_hit', 1, '{\"checked_index\": \"abc\"}', "
        "'{\"checked_index\": null}', '2026-11-20T12:00:00Z')"
    )


def test_old_hits_are_contaminations_that_block_under_the_default_policy(
    database: Database,
) -> None:
    _old_rows(database)
    database.up(AFTER)
    [hit] = database.run(
        "select verdict, action, method, score, state, item_hash, settled_at::date::text, "
        "seed_numbers, item_numbers, inherited_from from decontamination_hit"
    )
    digest = hashlib.sha256("Größe?".encode()).digest()
    expected = ("contaminated", "block", "ngram", 0.7, "dismissed", digest, "2026-11-20")
    assert hit == (*expected, [], [], None)
    assert database.run(
        "select name, decontamination_policy.version, newest_item from decontamination_hit "
        "join benchmark_index on benchmark_index.id = index_id "
        "join decontamination_policy on decontamination_policy.id = policy_id"
    ) == [("default", 1, 0)]


def test_what_was_checked_stays_so_and_is_due_against_all_items(database: Database) -> None:
    _old_rows(database)
    database.up(AFTER)
    assert database.run("select checked_index from seed order by id") == [(1,), (None,)]
    assert database.run("select min(version) > 0 from benchmark_item") == [(True,)]
    # What an undo puts back is an index that there is.
    assert database.run("select before, after from decision") == [
        ({"checked_index": 1}, {"checked_index": None})
    ]


def test_going_back_keeps_the_newest_hit_of_each_pair(database: Database) -> None:
    _old_rows(database)
    database.up(AFTER)
    database.run(
        "insert into decontamination_hit (revision_id, item_id, item_hash, verdict, method, "
        "action, score, coverage_item, coverage_seed, longest_words, spans, seed_numbers, "
        "item_numbers, index_id, inherited_from) values (1, 1, 'other', 'variant', 'ngram', "
        "'review', 1, 1, 1, 9, '[]', '[]', '[]', 1, 1)"
    )
    database.down(BEFORE)
    assert database.run("select id, state, policy from decontamination_hit") == [
        (2, "open", "unknown")
    ]
    assert database.run("select hit_id from decision") == [(2,)]
    assert database.run("select checked_index from seed order by id") == [(None,), (None,)]

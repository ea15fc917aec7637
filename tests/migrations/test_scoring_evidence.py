"""Stored samples keep their meaning when the token limit leaves the hash of their settings."""

import json
from typing import Any

import pytest

from backend.endpoints.schemas import Sampling
from backend.endpoints.settings import settings_hash
from backend.endpoints.tables import Endpoint
from tests.migrations.conftest import Database

BEFORE, AFTER = "998fd329805f", "469151f283fb"
# sha256 of {"max_tokens":64,"temperature":0.8} and {"max_tokens":256,"temperature":0.8}, as samples
# were stored under them before.
OLD_64 = "14bdbc3e15143b61cf8383678c565737aa0ef32cedec4cc38cf9203861e9f364"
OLD_256 = "3989bb30f0f9386712a7a33ab8ae563ce70c71593f401016aadc5b609ef952f6"


@pytest.fixture
def database(empty_database: Database) -> Database:
    """As it was before; downgrades work too."""
    empty_database.up(AFTER)
    empty_database.down(BEFORE)
    return empty_database


def _new_hash(**sampling: Any) -> str:
    return settings_hash(Endpoint(sampling=sampling))


def _old_rows(database: Database) -> None:
    """Two limits of one endpoint, a sample of each; the endpoint itself has moved to 256 since."""
    database.run("insert into user_account (name, role) values ('ada', 'admin')")
    database.run("insert into source (name) values ('test')")
    database.run(
        "with seed_1 as (insert into seed (source_id, external_id, revision_id, content_hash) "
        "values (1, 'a', 1, 'h')) "
        "insert into seed_revision (id, seed_id, number, prompt, content_hash, origin) "
        "values (1, 1, 1, 'What is 1 + 1?', 'h', 'import')"
    )
    database.run("insert into policy (name, version, settings) values ('default', 1, '{}')")
    database.run(
        "insert into endpoint (name, base_url, model, role, sampling) "
        "values ('small', 'http://127.0.0.1:9/v1', 'm', 'weak', :sampling)",
        sampling=json.dumps({"temperature": 0.8, "max_tokens": 256}),
    )
    for limit, old_hash in ((64, OLD_64), (256, OLD_256)):
        entry = {"endpoint_id": 1, "sampling": Sampling(max_tokens=limit).model_dump(),
                 "settings_hash": old_hash}  # fmt: skip
        database.run(
            "insert into run (name, filter, settings, policy_id, created_by) "
            "values ('run', '{}', :settings, 1, 1)",
            settings=json.dumps({"line_up": [entry]}),
        )
    for run_id, old_hash, finish in ((1, OLD_64, "length"), (2, OLD_256, "stop")):
        database.run(
            "insert into sample (revision_id, endpoint_id, run_id, template_hash, settings_hash, "
            "sample_index, response, finish_reason, prompt_tokens, completion_tokens, cost, "
            "latency_ms, created_at) values (1, 1, :run, 't', :hash, 0, 'text', :finish, 10, 64, "
            "0.5, 9, '2026-11-20T23:30:00-02:00')",
            run=run_id, hash=old_hash, finish=finish,
        )  # fmt: skip


def test_samples_and_line_ups_lose_the_limit_from_their_hash_and_keep_it_beside_it(
    database: Database,
) -> None:
    _old_rows(database)
    database.up(AFTER)
    new = _new_hash(temperature=0.8, max_tokens=64)
    assert new == _new_hash(temperature=0.8, max_tokens=256)
    assert database.run(
        "select settings_hash, max_tokens, finish_reason from sample order by id"
    ) == [(new, 64, "length"), (new, 256, "stop")]
    line_ups = database.run("select settings -> 'line_up' -> 0 ->> 'settings_hash' from run")
    assert line_ups == [(new,), (new,)]


def test_spend_of_runs_and_days_is_counted_from_the_samples(database: Database) -> None:
    _old_rows(database)
    database.up(AFTER)
    assert database.run(
        "select run_id, calls, prompt_tokens, completion_tokens, cut_off, cost::text "
        "from run_spend order by run_id"
    ) == [(1, 1, 10, 64, 1, "0.50000000"), (2, 1, 10, 64, 0, "0.50000000")]
    # Half past eleven in the evening two hours west of Greenwich is the next day's morning there.
    assert database.run("select day::text, calls, tokens, cost::text from endpoint_day") == [
        ("2026-11-21", 2, 148, "1.00000000")
    ]


def test_going_back_restores_the_hashes(database: Database) -> None:
    _old_rows(database)
    database.up(AFTER)
    database.down(BEFORE)
    assert database.run("select settings_hash from sample order by id") == [
        (OLD_64,), (OLD_256,)
    ]  # fmt: skip
    assert database.run(
        "select settings -> 'line_up' -> 0 ->> 'settings_hash' from run order by id"
    ) == [(OLD_64,), (OLD_256,)]


def test_sample_of_settings_that_nothing_remembers_counts_as_made_under_its_own_length(
    database: Database,
) -> None:
    _old_rows(database)
    database.run("update sample set settings_hash = 'forgotten', run_id = null where id = 2")
    database.up(AFTER)
    assert database.run("select settings_hash, max_tokens from sample where id = 2") == [
        ("forgotten", 64)
    ]

"""Runs for traces, taken back: what they paid for stays, and no run is left that none can read."""

from tests.migrations.conftest import Database

TRACES = "2c8e5d71b9f4"


def test_taking_traces_back_keeps_paid_samples_and_scoring_runs(empty_database: Database) -> None:
    empty_database.up(TRACES)
    run = empty_database.run
    run("insert into user_account (name, role) values ('a', 'admin')")
    run("insert into policy (name, version, settings) values ('default', 1, '{}')")
    run("insert into source (name) values ('s')")
    run("alter table seed disable trigger all")
    run("insert into seed (source_id, revision_id, content_hash) values (1, 1, 'x')")
    run(
        "insert into seed_revision (seed_id, number, prompt, content_hash, origin) "
        "values (1, 1, 'p', 'x', 'import')"
    )
    run("insert into endpoint (name, base_url, model, role, sampling) "
        "values ('t', 'http://x', 'm', 'teacher', '{}')")  # fmt: skip
    for kind in ("scoring", "traces"):
        run("insert into run (name, kind, filter, settings, policy_id, created_by) "
            "values (:kind, :kind, '{}', '{}', 1, 1)", kind=kind)  # fmt: skip
    run("insert into run_item (run_id, revision_id, state) values (1, 1, 'scored')")
    run("insert into run_item (run_id, revision_id, state) values (2, 1, 'traced')")
    run("insert into run_spend (run_id, endpoint_id) values (2, 1)")
    run("insert into job (kind, payload, run_id) values ('run.trace', '{}', 2)")
    run(
        "insert into sample (revision_id, endpoint_id, run_id, template_hash, settings_hash, "
        "sample_index, max_tokens, response, prompt_tokens, completion_tokens, cost, latency_ms) "
        "values (1, 1, 2, 't', 's', 0, 9, 'r', 1, 1, 0, 1)"
    )
    run(
        "insert into trace (sample_id, revision_id, endpoint_id, run_id, state, evidence, "
        "thinking_tokens, answer_tokens, key_origin, reference_answer, reference_key) "
        "values (1, 1, 1, 2, 'kept', '{}', 1, 1, 'given', '1', 'integer:1')"
    )
    empty_database.down(f"{TRACES}-1")
    assert run("select name from run") == [("scoring",)]
    assert run("select run_id, state from run_item") == [(1, "scored")]
    assert run("select id, run_id from sample") == [(1, None)]
    assert run("select count(*) from job") == [(0,)]
    empty_database.up(TRACES)
    assert run("select name, kind from run") == [("scoring", "scoring")]

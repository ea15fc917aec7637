"""Guidelines, taken back: paid samples stay, and no trace is left that nothing can read."""

from tests.migrations.conftest import Database

GUIDELINES = "5e0b7fa21c68"


def test_taking_guidelines_back_keeps_samples_and_plain_traces(empty_database: Database) -> None:
    empty_database.up(GUIDELINES)
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
    run("insert into run (name, kind, filter, settings, policy_id, created_by) "
        "values ('r', 'traces', '{}', '{}', 1, 1)")  # fmt: skip
    run("insert into guideline (name, category, created_by) values ('G', 'other', 1)")
    run("insert into guideline_version (guideline_id, number, text, text_hash, author_id) "
        "values (1, 1, 't', 'h', 1)")  # fmt: skip
    for index, version in enumerate(("null", "1")):
        run(
            "insert into sample (revision_id, endpoint_id, template_hash, settings_hash, "
            "sample_index, max_tokens, response, prompt_tokens, completion_tokens, cost, "
            f"latency_ms) values (1, 1, 't', 's', {index}, 9, 'r', 1, 1, 0, 1)"
        )
        run(
            "insert into trace (sample_id, revision_id, endpoint_id, run_id, state, evidence, "
            "thinking_tokens, answer_tokens, key_origin, reference_answer, reference_key, "
            f"guideline_version_id, word) values ({index + 1}, 1, 1, 1, 'kept', '{{}}', 1, 1, "
            f"'given', '1', 'integer:1', {version}, 'kept')"
        )
        run(
            "insert into decision (seed_id, revision_id, user_id, kind, before, after, sample_id) "
            f"values (1, 1, 1, 'keep_trace', '{{}}', '{{}}', {index + 1})"
        )
    empty_database.down(f"{GUIDELINES}-1")
    assert run("select sample_id, state from trace") == [(1, "kept")]
    assert run("select id from sample order by id") == [(1,), (2,)]
    assert run("select count(*) from decision") == [(0,)]
    empty_database.up(GUIDELINES)
    assert run("select sample_id, word, counted_by from trace") == [(1, None, "server")]

"""What models propose, taken back: what was paid for and made of it stays, without its runs."""

from tests.migrations.conftest import Database

PROPOSALS = "4e7a90c3d816"


def test_taking_proposals_back_keeps_samples_and_seeds(empty_database: Database) -> None:
    empty_database.up(PROPOSALS)
    run = empty_database.run
    run("insert into user_account (name, role) values ('a', 'admin')")
    run("insert into policy (name, version, settings) values ('default', 1, '{}')")
    run("insert into source (name, synthetic) values ('augmentation', true)")
    run("alter table seed disable trigger all")
    for number in (1, 2):
        run(f"insert into seed (source_id, revision_id, content_hash) "
            f"values (1, {number}, 'x{number}')")  # fmt: skip
        run(f"insert into seed_revision (seed_id, number, prompt, content_hash, origin) "
            f"values ({number}, 1, 'p', 'x{number}', 'import')")  # fmt: skip
    run("insert into endpoint (name, base_url, model, role, sampling) "
        "values ('t', 'http://x', 'm', 'teacher', '{}')")  # fmt: skip
    run("insert into run (name, kind, filter, settings, policy_id, created_by) "
        "values ('grown', 'augmentation', '{}', '{}', 1, 1)")  # fmt: skip
    run("insert into run_item (run_id, revision_id, state) values (1, 1, 'proposed')")
    run("insert into job (kind, payload, run_id) values ('run.propose', '{}', 1)")
    run(
        "insert into sample (revision_id, endpoint_id, run_id, template_hash, settings_hash, "
        "sample_index, max_tokens, response, prompt_tokens, completion_tokens, cost, latency_ms) "
        "values (1, 1, 1, 't', 's', 0, 9, 'r', 1, 1, 0, 1)"
    )
    run("insert into proposal_reply (run_id, sample_id, revision_id, outcome, seed_id) "
        "values (1, 1, 1, 'made', 2)")  # fmt: skip
    run(
        "insert into seed_parent (seed_id, parent_id, parent_revision_id, kind, endpoint_id, "
        "template_hash, sample_id, answer, why) values (2, 1, 1, 'harder', 1, 't', 1, '4', 'w')"
    )
    empty_database.down(f"{PROPOSALS}-1")
    assert run("select count(*) from run") == run("select count(*) from run_item") == [(0,)]
    assert run("select id, run_id from sample") == [(1, None)]
    assert run("select id from seed order by id") == [(1,), (2,)]
    empty_database.up(PROPOSALS)
    assert run("select synthetic from source") == [(False,)]

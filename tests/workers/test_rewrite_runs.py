"""A model is asked for rewrites: each is paid once, read once, and waits as a curator's does."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.decontamination.tables import WaitingWording
from backend.errors import Conflict
from backend.jobs import service as jobs
from backend.rewriting.deciding import reject
from backend.rewriting.tables import RewriteCheck
from backend.runs import control
from backend.runs.proposal_recording import ProposalRecorder
from backend.runs.schemas import Budgets
from backend.science.rewrite_checks import RULE_CHECKS
from backend.science.rewrite_templates import rewrite_template
from backend.seeds.service import edit_seed
from backend.seeds.tables import Seed, SeedRevision
from tests.builders import create_seed
from tests.proposal_runs import (
    add_proofs,
    outcomes,
    propose,
    proposer,
    proposing,
    replies,
    reply,
    rewrites,
    start_rewrites,
)
from tests.scoring_runs import read
from tests.trace_runs import items, samples
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, refuse

pytestmark = pytest.mark.usefixtures("committed", "woken")

VALUE = "What is the sum of the first 40 odd numbers?"


@pytest.fixture(autouse=True)
def _proposing(server: FakeOpenAI) -> None:
    server.default = proposing


def test_each_seed_gets_so_many_rewrites_that_wait_as_those_of_curators(
    server: FakeOpenAI,
) -> None:
    seeds = add_proofs(2)
    run_id = start_rewrites(server.base_url, candidates=3, note="Ask for n = 40.")
    propose(run_id)
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.calls) == ("finished", 2, 6)
    assert items(run_id) == [("proposed", None)] * 2
    assert outcomes(run_id) == ["made"] * 6
    made = rewrites()
    assert {found.seed_id for found in made} == {*seeds}
    assert {(found.state, found.kind, found.author_id) for found in made} == {
        ("proposed", "proof_to_answer", None)
    }
    hashed = rewrite_template("proof_to_answer").hash_with("Ask for n = 40.")
    assert {(found.endpoint_id, found.template_hash) for found in made} == {
        (run.settings["line_up"][0]["endpoint_id"], hashed)
    }
    assert {found.sample_id for found in made} == {sample.id for sample in samples()}
    with session_scope() as session:
        checks = session.scalars(select(RewriteCheck)).all()
        waiting = session.scalars(select(WaitingWording.revision_id)).all()
        origins = {session.get_one(SeedRevision, found.revision_id).origin for found in made}
    assert {check.name for check in checks} == {*RULE_CHECKS}
    assert {*waiting} == {found.revision_id for found in made}
    assert origins == {"rewrite"}
    assert "<note>\nAsk for n = 40.\n</note>" in server.requests[0].prompt


def test_what_is_no_new_rewrite_is_counted_by_reason_and_its_seed_goes_on(
    server: FakeOpenAI,
) -> None:
    with session_scope() as session:
        create_seed(session, "Whose prompt is it?", status="accepted")
        create_seed(session, "Prove it.", status="needs_rewrite")
    server.script(
        *(
            answer(text)
            for text in (
                reply(VALUE), reply(VALUE), reply("Prove  it."), reply("Whose prompt is it?"),
                "I cannot.", reply(VALUE, "41"), reply(" "), '{"prompt": "What"}',
                reply("x\0y"), reply("x" * 200_001),
            )
        ),
        answer('{"prompt": "What is', finish_reason="length"),
    )  # fmt: skip
    run_id = start_rewrites(
        server.base_url, candidates=11, max_in_flight=1, filter={"status": "needs_rewrite"}
    )
    propose(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("finished", 11)
    assert [found.outcome for found in replies(run_id)] == [
        "made", "duplicate", "unchanged", "taken", "not_json", "made", "blank", "fields",
        "unstorable", "too_long", "cut_off",
    ]  # fmt: skip
    first, second = (found.rewrite_id for found in replies(run_id)[:2])
    assert (len(rewrites()), first) == (2, second)


def test_same_question_is_answered_from_what_is_stored(server: FakeOpenAI) -> None:
    add_proofs(1)
    endpoint_id = proposer(server.base_url)
    first = start_rewrites(server.base_url, endpoint_id=endpoint_id, candidates=2)
    propose(first)
    again = start_rewrites(server.base_url, endpoint_id=endpoint_id, candidates=3)
    propose(again)
    assert (len(server.requests), read(again).calls) == (3, 1)
    assert outcomes(again) == ["duplicate", "duplicate", "made"]
    other = start_rewrites(server.base_url, endpoint_id=endpoint_id, candidates=1, note="Shorter.")
    propose(other)
    assert (len(server.requests), outcomes(other)) == (4, ["made"])


def test_two_runs_at_once_share_what_is_paid_and_propose_it_once(server: FakeOpenAI) -> None:
    add_proofs(4)
    endpoint_id = proposer(server.base_url)
    runs = [
        start_rewrites(server.base_url, endpoint_id=endpoint_id, candidates=2) for _ in range(2)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(propose, runs))
    assert [read(run_id).state for run_id in runs] == ["finished"] * 2
    assert (len(samples()), len(rewrites())) == (8, 8)
    counted = Counter(outcome for run_id in runs for outcome in outcomes(run_id))
    assert counted == {"made": 8, "duplicate": 8}


def test_rejected_rewrite_does_not_come_back(server: FakeOpenAI) -> None:
    add_proofs(1)
    server.default = answer(reply(VALUE))
    propose(start_rewrites(server.base_url, candidates=1))
    with session_scope() as session:
        user = session.scalars(select(User)).one()
        reject(session, user, rewrites()[0].id, "Too easy.")
    again = start_rewrites(server.base_url, candidates=1)
    propose(again)
    assert (outcomes(again), [found.state for found in rewrites()]) == (["duplicate"], ["rejected"])


def _edit(seed_id: int) -> None:
    with session_scope() as session:
        user = session.scalars(select(User)).one()
        edit_seed(session, user, seed_id, {"prompt": "Prove it otherwise."})


def test_seed_that_reads_otherwise_is_not_asked_about(server: FakeOpenAI) -> None:
    edited, _ = add_proofs(2)
    run_id = start_rewrites(server.base_url, candidates=1)
    _edit(edited)
    propose(run_id)
    assert (len(server.requests), len(rewrites())) == (1, 1)
    (state, reason), other = items(run_id)
    assert (state, other) == ("failed", ("proposed", None))
    assert "reads otherwise by now" in (reason or "")


def test_reply_about_a_wording_that_was_changed_meanwhile_makes_nothing(
    server: FakeOpenAI,
) -> None:
    [seed_id] = add_proofs(1)

    def overtaken(request: Request) -> Step:
        _edit(seed_id)
        return proposing(request)

    server.default = overtaken
    run_id = start_rewrites(server.base_url, candidates=1)
    propose(run_id)
    assert (rewrites(), replies(run_id), len(samples())) == ([], [], 1)
    assert [state for state, _ in items(run_id)] == ["failed"]
    assert read(run_id).state == "finished"


def test_program_is_left_to_people(server: FakeOpenAI) -> None:
    add_proofs(1, extra={"tests": [{"input": "1", "output": "2"}]})
    run_id = start_rewrites(server.base_url)
    propose(run_id)
    assert (len(server.requests), [state for state, _ in items(run_id)]) == (0, ["failed"])


def test_budget_holds_and_what_was_paid_is_proposed_before_it_is_raised(
    server: FakeOpenAI,
) -> None:
    add_proofs(2)
    run_id = start_rewrites(server.base_url, candidates=3, max_calls=4)
    propose(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("stopped", 4)
    assert len(rewrites()) == 4
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    propose(run_id)
    assert (read(run_id).state, len(server.requests), len(rewrites())) == ("finished", 6, 6)


def test_killed_while_it_reads_pays_again_only_what_was_not_stored(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_proofs(3)
    run_id = start_rewrites(server.base_url, candidates=2)

    def dies(*_: object) -> None:
        raise RuntimeError("the worker dies")

    with monkeypatch.context() as patch:
        patch.setattr(ProposalRecorder, "_end_items", dies)
        with pytest.raises(RuntimeError):
            propose(run_id)
    assert (samples(), rewrites(), read(run_id).state) == ([], [], "paused")
    jobs.release_jobs_of("test/1")
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    propose(run_id)
    assert (read(run_id).state, len(samples()), len(rewrites())) == ("finished", 6, 6)


def test_calls_that_fail_are_made_again_on_resume_and_the_others_count(
    server: FakeOpenAI,
) -> None:
    add_proofs(1)
    server.script(refuse(400, "too long"))
    run_id = start_rewrites(server.base_url, candidates=2)
    propose(run_id)
    assert (read(run_id).seeds_failed, len(rewrites())) == (1, 1)
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    propose(run_id)
    assert (read(run_id).seeds_failed, len(rewrites()), len(server.requests)) == (0, 2, 3)


def test_other_words_than_the_run_was_made_with_halt_it(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_proofs(1)
    run_id = start_rewrites(server.base_url)
    monkeypatch.setattr(
        "backend.runs.proposal_plan.rewrite_template", lambda _: rewrite_template("free")
    )
    with pytest.raises(Conflict):
        propose(run_id)
    assert (read(run_id).state, len(server.requests)) == ("paused", 0)
    assert "new words" in (read(run_id).note or "")


def test_withdrawn_seed_is_not_asked_about(server: FakeOpenAI) -> None:
    [seed_id] = add_proofs(1)
    run_id = start_rewrites(server.base_url)
    with session_scope() as session:
        seed = session.get_one(Seed, seed_id)
        seed.withdrawn_at = seed.created_at
    propose(run_id)
    assert items(run_id) == [("failed", "the seed was taken back")]

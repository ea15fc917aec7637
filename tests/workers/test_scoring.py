"""Scoring a shard: calls made once, verdicts stored, budgets kept, runs paused and ended."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.jobs import service as jobs
from backend.jobs.service import LeaseLost
from backend.runs import control
from backend.runs.creation import create_run
from backend.runs.schemas import Budgets, RunCreate
from backend.runs.tables import RunItem
from backend.scoring.evidence import evidence_of
from backend.scoring.policies import create_version, enqueue_apply
from backend.scoring.tables import EndpointSpend, Judgment, Sample, Teachability
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI, answer, refuse
from workers.tasks.scoring import apply_policy, score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")


def _seeds(count: int, *, first: int = 0, given: bool = False, wrong: bool = False) -> None:
    with session_scope() as session:
        for n in range(first, first + count):
            known = str(n + 7 + wrong) if given else None
            create_seed(session, f"What is {n} + 7?", known, external_id=str(n))


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_run_over_unanswered_seeds_stores_every_call_once_and_a_verdict_for_each(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(5)
    run_id = start_run(server.base_url, judge="judge", reference_samples=4, weak_samples=3)
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.seeds_total, run.seeds_scored, run.seeds_failed) == (
        "finished", 5, 5, 0,
    )  # fmt: skip
    assert len(server.requests) == run.calls == _count(Sample) == 5 * (4 + 3 + 1)
    assert _count(Judgment) == 5
    with session_scope() as session:
        verdicts = session.scalars(select(Teachability)).all()
        seeds = session.scalars(select(Seed)).all()
    assert {v.key_origin for v in verdicts} == {"plurality"}
    assert {(v.weak[0]["matching"], v.weak[0]["total"], v.steps) for v in verdicts} == {(3, 3, 4)}
    assert {v.notes[0] for v in verdicts} == {"reliability: prior only, no gold seeds"}
    assert {(seed.verdict, seed.agreement, seed.steps) for seed in seeds} == {
        (verdicts[0].verdict, 1.0, 4)
    }


def test_second_run_over_the_same_endpoints_asks_only_for_what_is_missing(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(3)
    first = start_run(server.base_url, reference_samples=2, weak_samples=2)
    score_shard(claim(first))
    with session_scope() as session:
        reference, weak = (entry["endpoint_id"] for entry in read(first).settings["line_up"])
        wanted = RunCreate(
            reference_endpoint_id=reference, weak_endpoint_ids=[weak], reference_samples=2,
            weak_samples=5,
        )  # fmt: skip
        second = create_run(session, wanted, session.scalars(select(User)).one()).id
    asked = len(server.requests)
    score_shard(claim(second))
    assert len(server.requests) - asked == read(second).calls == 3 * 3
    with session_scope() as session:
        totals = session.scalars(select(Teachability.weak[0]["total"].as_integer())).all()
        spend = session.scalars(select(EndpointSpend.calls).order_by(EndpointSpend.calls)).all()
    assert totals == [5, 5, 5]
    assert spend == [6, 15]


def test_given_answers_take_the_place_of_the_reference(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(4, given=True)
    run_id = start_run(server.base_url, weak="bad", reference=None, weak_samples=6)
    score_shard(claim(run_id))
    with session_scope() as session:
        verdicts = session.scalars(select(Teachability)).all()
    assert {v.key_origin for v in verdicts} == {"given"}
    assert {v.reliability for v in verdicts} == {0.98}
    assert {v.weak[0]["matching"] for v in verdicts} == {0}
    assert Counter(r.body["model"] for r in server.requests) == {"bad": 24}


def test_gold_seeds_calibrate_the_reference_and_their_number_is_noted(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(6, given=True, wrong=True)
    _seeds(3, first=6)
    run_id = start_run(server.base_url, reference_samples=4, weak_samples=2, calibration_seeds=5)
    score_shard(claim(run_id))
    asked = Counter(r.body["model"] for r in server.requests)
    assert asked == {"good": (5 + 3) * 4 + 9 * 2}
    with session_scope() as session:
        verdicts = session.scalars(
            select(Teachability).where(Teachability.key_origin == "plurality")
        ).all()
    assert {v.notes[0] for v in verdicts} == {"reliability: fitted on 5 gold seeds"}
    assert {v.notes[1] for v in verdicts} == {"repeated mistakes: fitted on 5 wrong keys"}
    # The reference contradicts all five known answers, so unanimous votes (.93 without gold) count
    # for much less.
    assert all(v.reliability < 0.5 for v in verdicts)


def test_truncated_and_silent_replies_are_stored_without_an_answer(server: FakeOpenAI) -> None:
    server.default = answer("It is \\boxed{7}, or", finish_reason="length")
    _seeds(1)
    run_id = start_run(server.base_url, reference_samples=2, weak_samples=2)
    score_shard(claim(run_id))
    with session_scope() as session:
        assert session.scalars(select(Sample.answer_key)).all() == [None] * 4
        verdict = session.scalars(select(Teachability)).one()
    assert (verdict.key_origin, verdict.verdict, verdict.weak[0]["unanswered"]) == (
        "none", "suspect", 2,
    )  # fmt: skip


def test_seed_whose_weak_model_refuses_fails_with_the_reason_and_resume_tries_it_again(
    server: FakeOpenAI,
) -> None:
    server.default = lambda r: refuse(400, "too long") if r.body["model"] == "bad" else sums(r)
    _seeds(2)
    run_id = start_run(server.base_url, weak="bad", reference_samples=2, weak_samples=2)
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", 0, 2)
    with session_scope() as session:
        reasons = session.scalars(select(RunItem.reason)).all()
    assert all("http_400" in (reason or "") and "too long" in (reason or "") for reason in reasons)
    server.default = sums
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", 2, 0)
    assert run.calls == _count(Sample) == 2 * 4


def test_judge_that_refuses_leaves_seeds_scored_without_steps(server: FakeOpenAI) -> None:
    server.default = lambda r: refuse(400) if r.body["model"] == "judge" else sums(r)
    _seeds(2)
    run_id = start_run(server.base_url, judge="judge", reference_samples=2, weak_samples=2)
    score_shard(claim(run_id))
    assert read(run_id).seeds_scored == 2
    with session_scope() as session:
        notes = session.scalars(select(Teachability.notes)).all()
    assert all("no judge has answered" in note for note in notes)


def test_endpoint_that_is_down_pauses_the_run_and_says_why(server: FakeOpenAI) -> None:
    server.default = lambda r: refuse(404, "no such model") if r.body["model"] == "bad" else sums(r)
    _seeds(60)
    run_id = start_run(server.base_url, weak="bad", reference_samples=1, weak_samples=1)
    score_shard(claim(run_id))
    run = read(run_id)
    assert run.state == "paused"
    assert "does not answer" in (run.note or "")
    assert "no such model" in (run.note or "")
    assert run.seeds_failed < 60


def test_budget_of_calls_is_never_exceeded_and_a_raised_one_goes_on(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(10)
    run_id = start_run(server.base_url, reference_samples=3, weak_samples=4, max_calls=25)
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.note, run.calls) == ("stopped", "budget", 25)
    assert len(server.requests) == 25
    assert 0 < run.seeds_scored < 10
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=1000))
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.calls) == ("finished", 10, 70)
    assert len(server.requests) == 70


def test_budget_of_tokens_is_never_exceeded(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(20)
    run_id = start_run(server.base_url, reference_samples=4, weak_samples=4, max_tokens=1000)
    score_shard(claim(run_id))
    run = read(run_id)
    assert run.state == "stopped"
    # One more call could take 64 tokens of answer and a prompt of about 30.
    assert 850 <= run.tokens <= 1000


def test_shards_share_the_seeds_and_the_last_one_ends_the_run(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(9)
    run_id = start_run(server.base_url, reference_samples=1, weak_samples=1, parallel_jobs=2)
    score_shard(claim(run_id, shard=0))
    run = read(run_id)
    assert run.state == "running"
    assert 0 < run.seeds_scored < 9
    score_shard(claim(run_id, shard=1))
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.calls) == ("finished", 9, 18)


def test_policy_is_applied_to_stored_samples_without_a_call(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(4)
    score_shard(claim(start_run(server.base_url, reference_samples=4, weak_samples=4)))
    asked = len(server.requests)
    with session_scope() as session:
        before = session.scalars(select(Seed.verdict)).all()
        policy = create_version(session, "lax", {"threshold": 0.3})
        job = jobs.get(session, enqueue_apply(session, policy.id, create_user(session)).id)
    claimed = jobs.claim(job.id, 30, "test/1")
    assert claimed is not None
    apply_policy(claimed)
    assert len(server.requests) == asked
    with session_scope() as session:
        after = session.scalars(select(Seed.verdict)).all()
        rows = session.scalars(select(Teachability.policy_id)).all()
        shown = evidence_of(session, session.scalars(select(Seed.revision_id)).all())
    assert (set(before), set(after)) == ({"unsettled"}, {"easy"})
    assert rows.count(policy.id) == 4
    assert len(rows) == 8
    assert {e.teachability.policy for e in shown.values() if e.teachability} == {"lax v1"}


def test_worker_that_lost_its_job_writes_nothing_more(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(2)
    run_id = start_run(server.base_url, reference_samples=1, weak_samples=1)
    late = claim(run_id)
    jobs.release_jobs_of("test/1")
    current = jobs.claim(late.id, 30, "test/2")
    assert current is not None
    with pytest.raises(LeaseLost):
        score_shard(late)
    assert _count(Sample) == 0
    score_shard(current)
    assert read(run_id).state == "finished"

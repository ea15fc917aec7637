"""Rewrites that wait are answered by models: what that says of them, and nothing of their seeds."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.runs.tables import RunItem
from backend.runs.verdicts import enqueue_recalibration
from backend.scoring.tables import Sample, Teachability
from tests.measured_rewrites import Measuring, is_about_rewrite, models, said
from tests.scoring_runs import claim, claimed, read
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, refuse
from workers.tasks.scoring import recalibrate, score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")

MEASURED = ("follows", "reference_decisive", "second_family_agrees", "difficulty_kept")
# Of the reference, the second one, the weak model, and the judge, who is asked twice.
FULL = 8 + 3 + 8 + 2


def outcomes(work: Measuring, rewrite_id: int) -> dict[str, str]:
    checks = work.checks(rewrite_id)
    return {name: checks[name].outcome for name in MEASURED}


def test_run_measures_what_waits_and_leaves_the_seed_alone(server: FakeOpenAI) -> None:
    work = Measuring(server)
    work.score_original()
    before = work.seed()
    right, wrong = work.propose(), work.propose("What is 14 + 7?", "22")
    run_id = work.start("second", "judge")
    assert not work.checks(right)["follows"].measured
    score_shard(claim(run_id))

    run = read(run_id)
    assert (run.kind, run.state, run.seeds_scored) == ("scoring", "finished", 2)
    assert run.calls == 2 * FULL
    assert set(outcomes(work, right).values()) == {"passed"}
    assert outcomes(work, wrong) == dict.fromkeys(MEASURED, "passed") | {
        "reference_decisive": "failed"
    }
    evidence = work.checks(wrong)["reference_decisive"].evidence
    assert "the reference answers 21, the rewrite says 22: 8 of 8" in evidence
    after = work.seed()
    assert (after.revision_id, after.verdict, after.score, after.attention) == (
        before.revision_id, before.verdict, before.score, before.attention,
    )  # fmt: skip
    with session_scope() as session:
        items = session.scalars(select(RunItem).where(RunItem.run_id == run_id)).all()
        origins = session.scalars(
            select(Teachability.key_origin).where(Teachability.run_id == run_id)
        ).all()
    assert {item.calibrates for item in items} == {False}
    assert set(origins) == {"plurality"}


def test_second_family_and_judges_that_disagree_fail_it(server: FakeOpenAI) -> None:
    work = Measuring(server, second="bad")

    def script(request: Request) -> Step:
        if is_about_rewrite(request):
            return said("no" if request.body["model"] == "judge-2" else "yes", "It is 20.")
        return models(request)

    server.default = script
    rewrite = work.propose()
    score_shard(claim(work.start("second", "judge", "other_judge")))
    assert outcomes(work, rewrite) == {
        "follows": "failed", "reference_decisive": "passed", "second_family_agrees": "failed",
        "difficulty_kept": "unknown",
    }  # fmt: skip
    checks = work.checks(rewrite)
    assert "yes, It is 20." in checks["follows"].evidence
    assert "no, It is 20." in checks["follows"].evidence
    assert "say 21, and the reference answers 20" in checks["second_family_agrees"].evidence
    assert "has not answered the original" in checks["difficulty_kept"].evidence


def test_rewrite_that_became_easy_has_lost_its_difficulty(server: FakeOpenAI) -> None:
    work = Measuring(server, weak="torn")
    work.score_original()
    rewrite = work.propose()
    score_shard(claim(work.start()))
    check = work.checks(rewrite)["difficulty_kept"]
    assert (check.outcome, check.figures["before"]["matching"]) == ("failed", 0)
    assert check.figures["after"]["matching"] == check.figures["after"]["total"] == 8
    found = outcomes(work, rewrite)
    assert (found["follows"], found["second_family_agrees"]) == ("unknown", "unknown")


def test_votes_that_tie_settle_nothing(server: FakeOpenAI) -> None:
    work = Measuring(server)
    work.score_original()
    rewrite = work.propose(own=None)
    asked = Counter[str]()

    def script(request: Request) -> Step:
        asked[request.body["model"]] += 1
        return answer(f"\\boxed{{{asked[request.body['model']] % 2}}}")

    server.default = script
    run_id = work.start(reference_samples=8)
    score_shard(claim(run_id))
    assert read(run_id).state == "finished"
    assert outcomes(work, rewrite) == dict.fromkeys(MEASURED, "unknown") | {
        "reference_decisive": "failed"
    }


def test_rewrite_without_an_answer_is_judged_by_the_votes(server: FakeOpenAI) -> None:
    work = Measuring(server)
    rewrite = work.propose(own=None)
    score_shard(claim(work.start("judge")))
    asked = [request.prompt for request in server.requests if is_about_rewrite(request)]
    assert [prompt.rpartition("Answer of the rewrite: ")[2] for prompt in asked] == ['"20"']
    assert outcomes(work, rewrite)["follows"] == "passed"


def test_model_does_not_judge_what_it_proposed(server: FakeOpenAI) -> None:
    work = Measuring(server)
    rewrite = work.propose(by="judge")
    score_shard(claim(work.start("judge", "other_judge")))
    asked = {request.body["model"] for request in server.requests if is_about_rewrite(request)}
    assert asked == {"judge-2"}
    check = work.checks(rewrite)["follows"]
    assert (check.outcome, "the rewrite is its own" in check.evidence) == ("unknown", True)


@pytest.mark.parametrize("reply", [refuse(400), answer("Yes, it does.")])
def test_judge_that_says_nothing_usable_is_no_pass(server: FakeOpenAI, reply: Step) -> None:
    work = Measuring(server)
    server.default = lambda request: reply if is_about_rewrite(request) else models(request)
    rewrite = work.propose()
    run_id = work.start("judge")
    score_shard(claim(run_id))
    assert read(run_id).state == "finished"
    assert outcomes(work, rewrite)["follows"] == "unknown"


def test_budget_stops_it_and_nothing_is_paid_twice(server: FakeOpenAI) -> None:
    work = Measuring(server)
    rewrite = work.propose()
    run_id = work.start("second", "judge", max_calls=FULL - 1)
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).calls) == ("stopped", FULL - 1)
    assert not work.checks(rewrite)["follows"].measured

    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=FULL))
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).calls) == ("finished", FULL)
    assert outcomes(work, rewrite)["follows"] == "passed"
    score_shard(claim(work.start("second", "judge", rewrite_ids=[rewrite])))
    assert len(server.requests) == FULL


def test_worker_that_died_loses_no_stored_answer(server: FakeOpenAI) -> None:
    work = Measuring(server)
    rewrite = work.propose()
    run_id = work.start("second", "judge")
    first = claim(run_id, lease_seconds=-1)
    taken_over: list[ClaimedJob] = []

    def script(request: Request) -> Step:
        if is_about_rewrite(request) and not taken_over:
            taken_over.append(claim(run_id))
        return models(request)

    server.default = script
    with pytest.raises(LeaseLost):
        score_shard(first)
    asked, stored = len(server.requests), _stored()
    assert (asked, stored < asked) == (FULL, True)
    assert not work.checks(rewrite)["follows"].measured

    score_shard(taken_over[0])
    assert len(server.requests) - asked == FULL - stored
    assert (read(run_id).state, read(run_id).calls) == ("finished", FULL)
    assert outcomes(work, rewrite)["follows"] == "passed"


def _stored() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(Sample)) or 0


def test_only_what_was_not_measured_is_taken_where_none_is_named(server: FakeOpenAI) -> None:
    work = Measuring(server)
    first = work.propose()
    score_shard(claim(work.start()))
    second = work.propose("What is 15 + 7?", "22")
    run_id = work.start()
    with session_scope() as session:
        taken = session.scalars(select(RunItem.revision_id).where(RunItem.run_id == run_id)).all()
    assert taken == [work.rewrite(second).revision_id]
    assert work.checks(first)["reference_decisive"].measured


def test_recalibration_computes_rewrites_that_wait_again(server: FakeOpenAI) -> None:
    work = Measuring(server)
    work.propose()
    run_id = work.start()
    score_shard(claim(run_id))
    with session_scope() as session:
        first = session.scalars(select(Teachability.created_at)).one()
        user = session.get_one(User, work.user_id)
        job_id = enqueue_recalibration(session, run_id, user).id
    recalibrate(claimed(job_id))
    with session_scope() as session:
        assert session.scalars(select(Teachability.created_at)).one() > first


def _claimed(job_id: int) -> ClaimedJob:
    claimed = jobs.claim(job_id, 30, "test/1")
    assert claimed is not None
    return claimed

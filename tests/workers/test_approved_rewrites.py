"""Approved rewrites carry what was measured of them, and undo takes it back."""

from uuid import uuid4

import pytest

from backend.accounts.tables import User
from backend.database import session_scope
from backend.review.undo import undo
from backend.rewriting.deciding import approve
from backend.scoring.policies import create_version, enqueue_apply
from backend.seeds.state import SCORES
from backend.seeds.tables import Seed
from tests.measured_rewrites import Measuring
from tests.scoring_runs import claim, claimed
from tests.workers.fake_openai import FakeOpenAI
from workers.tasks.scoring import apply_policy, score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")


def test_approved_rewrite_brings_its_verdict_and_undo_the_old_one(server: FakeOpenAI) -> None:
    work = Measuring(server, weak="torn")
    work.score_original()
    rewrite = work.propose()
    score_shard(claim(work.start("judge")))
    before = work.seed()
    with session_scope() as session:
        admin = session.get_one(User, work.user_id)
        approve(session, admin, rewrite, "It is wanted so.")
    now = work.seed()
    assert (now.status, now.verdict, now.agreement, now.steps) == ("pending", "easy", 1.0, 4)
    assert (now.verdict_evidence or "").startswith('["plurality"')

    event = _undo(work, work.rewrite(rewrite).decision_id)
    assert _scores(work.seed()) == _scores(before) != _scores(now)
    _undo(work, event)
    assert _scores(work.seed()) == _scores(now)


def test_undo_leaves_no_score_of_a_wording_that_was_measured_after_its_approval(
    server: FakeOpenAI,
) -> None:
    work = Measuring(server)
    rewrite = work.propose()
    run_id = work.start("judge")
    with session_scope() as session:
        approve(session, session.get_one(User, work.user_id), rewrite, None)
    score_shard(claim(run_id))
    now = work.seed()
    assert (now.verdict, now.steps) == ("easy", 4)
    assert not work.checks(rewrite)["follows"].measured  # it was decided without

    event = _undo(work, work.rewrite(rewrite).decision_id)
    assert _scores(work.seed()) == [None] * len(SCORES)
    _undo(work, event)
    assert _scores(work.seed()) == _scores(now)


def test_policy_that_is_applied_leaves_the_votes_of_an_approved_rewrite_the_key(
    server: FakeOpenAI,
) -> None:
    work = Measuring(server)
    rewrite = work.propose(own="21")
    score_shard(claim(work.start()))
    with session_scope() as session:
        approve(session, session.get_one(User, work.user_id), rewrite, "It is wanted so.")
    seen = work.checks(rewrite)["reference_decisive"]
    with session_scope() as session:
        policy = create_version(session, "default", {"threshold": 0.99})
        job_id = enqueue_apply(session, policy.id, session.get_one(User, work.user_id)).id
    apply_policy(claimed(job_id))
    assert (work.seed().verdict_evidence or "").startswith('["plurality"')
    assert work.checks(rewrite)["reference_decisive"] == seen


def _scores(seed: Seed) -> list[object]:
    return [getattr(seed, name) for name in SCORES]


def _undo(work: Measuring, decision_id: int | None) -> int:
    with session_scope() as session:
        user = session.get_one(User, work.user_id)
        return undo(session, user, uuid4(), decision_id).id

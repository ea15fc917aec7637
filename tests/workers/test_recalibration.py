"""Fitting a run's calibration again, from what is stored, with no model call."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.runs.verdicts import enqueue_recalibration
from backend.scoring.policies import create_version, enqueue_apply
from backend.scoring.tables import Teachability
from backend.seeds.service import edit_seed
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI
from workers.tasks.scoring import apply_policy, recalibrate, score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")


def _seeds(numbers: range, *, known: bool) -> None:
    """Those with a known answer say it wrong, so that the reference contradicts them."""
    with session_scope() as session:
        for n in numbers:
            create_seed(session, f"What is {n} + 7?", str(n + 8) if known else None)


def _run_again(run_id: int, **fields: Any) -> int:
    """A run with the endpoints of an earlier one."""
    with session_scope() as session:
        reference, weak = (entry["endpoint_id"] for entry in read(run_id).settings["line_up"])
        wanted = RunCreate(
            reference_endpoint_id=reference, weak_endpoint_ids=[weak], reference_samples=4,
            weak_samples=2, **fields,
        )  # fmt: skip
        return create_run(session, wanted, session.scalars(select(User)).one()).id


def _recalibration(run_id: int) -> ClaimedJob:
    with session_scope() as session:
        job = enqueue_recalibration(session, run_id, session.scalars(select(User)).one())
    claimed = jobs.claim(job.id, 30, "test/1")
    assert claimed is not None
    return claimed


def _reliabilities() -> dict[int, float]:
    with session_scope() as session:
        rows = session.execute(
            select(Seed.id, Seed.reliability).where(Seed.verdict_evidence.like('["plurality"%'))
        )
        return {number: reliability for number, reliability in rows if reliability is not None}


def _computed_at() -> dict[int, datetime]:
    with session_scope() as session:
        rows = session.execute(select(Teachability.revision_id, Teachability.created_at))
        return {row.revision_id: row.created_at for row in rows}


def test_gold_seeds_of_a_later_run_change_verdicts_without_a_call(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(range(3), known=False)
    first = start_run(server.base_url, reference_samples=4, weak_samples=2)
    score_shard(claim(first))
    by_prior = _reliabilities()
    assert set(by_prior.values()) == {max(by_prior.values())}
    _seeds(range(3, 11), known=True)
    score_shard(claim(_run_again(first, check_given_answers=True, filter={"has_answer": True})))
    assert _reliabilities() == by_prior
    asked = len(server.requests)

    job = _recalibration(first)
    recalibrate(job)
    fitted = _reliabilities()
    assert fitted.keys() == by_prior.keys()
    # The reference contradicted all eight known answers.
    assert all(fitted[seed] < by_prior[seed] - 0.2 for seed in fitted)
    assert len(server.requests) == asked
    with session_scope() as session:
        done = jobs.get(session, job.id)
        assert (done.done_count, done.total_count) == (3, 3)


def test_verdicts_stay_under_the_policy_that_was_applied_last(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(range(2), known=False)
    run_id = start_run(server.base_url, reference_samples=4, weak_samples=2)
    score_shard(claim(run_id))
    with session_scope() as session:
        policy = create_version(session, "lenient", {"threshold": 0.3})
        applying = enqueue_apply(session, policy.id, session.scalars(select(User)).one())
    claimed = jobs.claim(applying.id, 30, "test/1")
    assert claimed is not None
    apply_policy(claimed)
    recalibrate(_recalibration(run_id))
    with session_scope() as session:
        newest = session.scalars(select(Teachability).order_by(Teachability.created_at.desc()))
        assert newest.first().policy_id == policy.id  # type: ignore[union-attr]
        seeds = session.scalars(select(Seed)).all()
        stored = session.scalars(
            select(Teachability).where(Teachability.policy_id == policy.id)
        ).all()
    assert {seed.verdict for seed in seeds} == {row.verdict for row in stored}
    assert len(stored) == 2


def test_seeds_that_were_edited_or_scored_by_a_later_run_are_left_alone(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(range(3), known=False)
    first = start_run(server.base_url, reference_samples=4, weak_samples=2)
    score_shard(claim(first))
    with session_scope() as session:
        edited, again, kept = session.scalars(select(Seed).order_by(Seed.id)).all()
        user = session.scalars(select(User)).one()
        edit_seed(session, user, edited.id, {"prompt": "What is 70 + 7?"})
        again.domain = "again"
    score_shard(claim(_run_again(first, filter={"domain": "again"})))
    before = _computed_at()
    recalibrate(_recalibration(first))
    after = _computed_at()
    assert {number for number in after if after[number] != before[number]} == {kept.revision_id}


def test_recalibration_whose_lease_is_lost_writes_nothing(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(range(1), known=False)
    run_id = start_run(server.base_url, reference_samples=4, weak_samples=2)
    score_shard(claim(run_id))
    stale = _recalibration(run_id)
    with session_scope() as session:
        session.get_one(jobs.Job, stale.id).attempt += 1
    with pytest.raises(LeaseLost):
        recalibrate(stale)

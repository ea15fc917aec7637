"""Runs whose endpoints have used up their day: they wait for the next one, and go on."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.runs import control
from backend.runs.creation import create_run
from backend.runs.schemas import Budgets, RunCreate
from backend.scoring.days import DayLeft, days_left
from backend.scoring.tables import EndpointDay
from tests.builders import create_endpoint, create_seed
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI
from workers.tasks.scoring import score_shard


def _seeds(count: int) -> None:
    with session_scope() as session:
        for n in range(count):
            create_seed(session, f"What is {n} + 7?", None)


def _limit(role: str, **limits: object) -> None:
    with session_scope() as session:
        for endpoint in session.scalars(select(Endpoint).where(Endpoint.role == role)):
            for name, value in limits.items():
                setattr(endpoint, name, value)


def _day_passes(run_id: int) -> None:
    """What was used was used yesterday, and the run's time has come."""
    with session_scope() as session:
        session.execute(text("update endpoint_day set day = day - 1"))
        session.execute(
            text("update run set resume_at = now() where id = :id and resume_at is not null"),
            {"id": run_id},
        )


def _sweep() -> None:
    from workers.app import sweep_once  # it reads the settings, which the fixtures make

    sweep_once()


def _by_model(server: FakeOpenAI) -> Counter[str]:
    return Counter(request.body["model"] for request in server.requests)


@pytest.mark.usefixtures("committed", "woken")
def test_run_spends_the_day_goes_on_with_other_endpoints_and_waits_with_a_note(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(60)
    run_id = start_run(server.base_url, weak="bad", reference_samples=2, weak_samples=2)
    _limit("reference", max_calls_per_day=30, name="gpt")
    score_shard(claim(run_id))
    run = read(run_id)
    assert _by_model(server) == {"good": 30, "bad": 120}, "the weak model has answered every seed"
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("paused", 15, 0)
    assert run.note == "gpt has used 30 of 30 calls today. It goes on at 00:00 UTC"
    assert run.resume_at is not None
    tomorrow = run.resume_at.astimezone(UTC)
    assert (tomorrow.hour, tomorrow.minute, tomorrow.second) == (0, 0, 0)
    assert tomorrow > datetime.now(UTC)


@pytest.mark.usefixtures("committed", "woken")
def test_next_day_the_run_goes_on_by_itself_and_pays_nothing_twice(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(10)
    run_id = start_run(server.base_url, weak="bad", reference_samples=2, weak_samples=2)
    _limit("reference", max_calls_per_day=8)
    score_shard(claim(run_id))
    _sweep()
    assert read(run_id).state == "paused", "not before its time"
    for _ in range(2):
        _day_passes(run_id)
        _sweep()
        assert read(run_id).state == "running"
        score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.note, run.resume_at) == ("finished", None, None)
    assert _by_model(server) == {"good": 20, "bad": 20}
    with session_scope() as session:
        used = session.scalars(select(EndpointDay.calls).order_by(EndpointDay.day)).all()
    assert sorted(used) == [4, 8, 8, 20]


@pytest.mark.usefixtures("committed", "woken")
def test_day_is_shared_by_all_runs_over_an_endpoint(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(8)
    first = start_run(server.base_url, reference_samples=1, weak_samples=1)
    _limit("reference", max_calls_per_day=10)
    score_shard(claim(first))
    assert read(first).state == "finished"
    with session_scope() as session:
        for n in range(20, 26):
            create_seed(session, f"What is {n} + 7?", None)
        settings = read(first).settings["line_up"]
        ids = {entry["role"]: entry["endpoint_id"] for entry in settings}
        wanted = RunCreate(
            reference_endpoint_id=ids["reference"], weak_endpoint_ids=[ids["weak"]],
            reference_samples=1, weak_samples=1,
        )  # fmt: skip
        second = create_run(session, wanted, session.scalars(select(User)).one()).id
    score_shard(claim(second))
    assert (read(second).state, read(second).seeds_scored) == ("paused", 8 + 2)


@pytest.mark.usefixtures("committed", "woken")
def test_money_of_a_day_is_never_exceeded(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(20)
    run_id = start_run(server.base_url, reference_samples=1, weak_samples=1)
    # A token out costs 1 and an answer at most 64, so that all calls together may cost 640 or so.
    _limit("reference", max_cost_per_day=Decimal(100), output_price=Decimal(10**6 - 1))
    score_shard(claim(run_id))
    run = read(run_id)
    assert run.state == "paused"
    assert "of 100.00 today" in (run.note or "")
    with session_scope() as session:
        reference = select(Endpoint.id).where(Endpoint.role == "reference").scalar_subquery()
        used = session.scalars(
            select(EndpointDay.cost).where(EndpointDay.endpoint_id == reference)
        ).one()
    # One more call could cost 64.
    assert 100 - 64 <= used <= 100


@pytest.mark.usefixtures("committed", "woken")
def test_limit_that_no_call_fits_pauses_the_run_until_it_is_raised(server: FakeOpenAI) -> None:
    server.default = sums
    _seeds(3)
    run_id = start_run(server.base_url, reference_samples=1, weak_samples=1)
    _limit("reference", max_cost_per_day=Decimal(5), output_price=Decimal(10**6 - 1))
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.resume_at) == ("paused", None)
    assert "raise its cost per day, or lower its token limit" in (run.note or "")
    _limit("reference", max_cost_per_day=None)
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    score_shard(claim(run_id))
    assert read(run_id).state == "finished"


@pytest.mark.usefixtures("committed", "woken")
def test_curator_may_resume_before_the_day_is_over_or_keep_the_run_paused(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(6)
    run_id = start_run(server.base_url, reference_samples=1, weak_samples=1)
    _limit("reference", max_calls_per_day=2)
    score_shard(claim(run_id))
    _limit("reference", max_calls_per_day=4)
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).seeds_scored) == ("paused", 4)
    with session_scope() as session:
        control.pause(session, run_id)
    _day_passes(run_id)
    _sweep()
    assert read(run_id).state == "paused"


@pytest.mark.usefixtures("committed", "woken")
def test_shard_that_waits_is_taken_up_again_although_another_still_works(
    server: FakeOpenAI,
) -> None:
    server.default = sums
    _seeds(8)
    run_id = start_run(
        server.base_url, reference_samples=1, weak_samples=1, parallel_jobs=2
    )  # fmt: skip
    _limit("reference", max_calls_per_day=2)
    score_shard(claim(run_id, shard=0))
    assert read(run_id).state == "running", "the other shard is open"
    _day_passes(run_id)
    _sweep()
    with session_scope() as session:
        open_shards = sorted(control.open_shards(session, run_id))
    assert open_shards == [0, 1]
    _limit("reference", max_calls_per_day=None)
    for shard in (0, 1):
        score_shard(claim(run_id, shard=shard))
    assert (read(run_id).state, read(run_id).seeds_scored) == ("finished", 8)


def test_days_left_counts_what_is_stored_today_and_leaves_out_endpoints_without_a_limit(
    session: Session,
) -> None:
    free = create_endpoint(session)
    limited = create_endpoint(session, max_calls_per_day=10, max_cost_per_day=Decimal(2))
    other = create_endpoint(session, max_cost_per_day=Decimal(1))
    today = session.scalar(text("select (now() at time zone 'utc')::date"))
    for day, calls in ((today, 3), (today - timedelta(days=1), 9)):
        session.add(
            EndpointDay(endpoint_id=limited.id, day=day, calls=calls, tokens=1, cost=Decimal("0.5"))
        )
    session.flush()
    assert days_left(session, [free.id, limited.id, other.id]) == {
        limited.id: DayLeft(today, 7, Decimal("1.5")),
        other.id: DayLeft(today, None, Decimal(1)),
    }

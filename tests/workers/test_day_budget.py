"""Endpoints' days: never exceeded by their own worker, waited for, and taken up again."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.runs import control
from backend.runs.creation import create_run
from backend.runs.schemas import Budgets, RunCreate
from backend.scoring.days import DayLeft, days_left
from backend.scoring.samples import NewSample, Spent
from backend.scoring.tables import EndpointDay
from tests.builders import create_endpoint, create_seed
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI
from workers.budget import Bound
from workers.day_budget import DayLedger
from workers.tasks.scoring import score_shard

TODAY = date(2026, 11, 23)
on_real_rows = pytest.mark.usefixtures("committed", "woken")


def _left(calls: int | None = None, cost: str | None = None) -> dict[int, DayLeft]:
    return {1: DayLeft(TODAY, calls, None if cost is None else Decimal(cost))}


def _bound(calls: int = 1, cost: str = "0") -> Bound:
    return Bound(calls, 0, Decimal(cost))


def _samples(count: int, cost: str = "0") -> list[NewSample]:
    sample = NewSample(
        1, 1, "t", "s", 0, 64, "", None, "stop", None, None, 0, 0, Decimal(cost), 1
    )  # fmt: skip
    return [sample] * count


# The ledger


def test_endpoint_without_a_limit_is_never_refused() -> None:
    ledger = DayLedger(_left(0))
    assert ledger.reserve(2, _bound(10**9, "1e9"))
    assert not ledger.is_spent(2)


def test_calls_that_are_answered_and_not_committed_still_count() -> None:
    ledger = DayLedger(_left(2))
    assert ledger.reserve(1, _bound(2))
    ledger.settle(1, _bound(2), Spent(2, 0, Decimal(0)))
    assert not ledger.reserve(1, _bound())
    assert not ledger.is_spent(1), "not before the last of them is committed"
    ledger.commit(_samples(2), _left(0))
    assert not ledger.reserve(1, _bound())
    assert [(day.endpoint_id, day.limit) for day in ledger.spent] == [(1, "calls")]


def test_calls_that_cost_less_than_feared_give_room_again() -> None:
    ledger = DayLedger(_left(cost="1"))
    assert ledger.reserve(1, _bound(1, "0.9"))
    assert not ledger.reserve(1, _bound(1, "0.9"))
    assert not ledger.is_spent(1)
    ledger.settle(1, _bound(1, "0.9"), Spent(1, 0, Decimal("0.05")))
    ledger.commit(_samples(1, "0.05"), _left(cost="0.95"))
    assert ledger.reserve(1, _bound(1, "0.9"))


def test_call_that_failed_gives_its_place_back() -> None:
    ledger = DayLedger(_left(1))
    assert ledger.reserve(1, _bound())
    ledger.settle(1, _bound(), Spent(0, 0, Decimal(0)))
    assert ledger.reserve(1, _bound())


def test_what_others_used_meanwhile_counts_with_the_next_commit() -> None:
    ledger = DayLedger(_left(100))
    ledger.commit([], _left(0))
    assert not ledger.reserve(1, _bound())


@pytest.mark.parametrize("left", [_left(50), {}])
def test_new_day_or_raised_limit_ends_the_waiting(left: dict[int, DayLeft]) -> None:
    ledger = DayLedger(_left(0))
    assert not ledger.reserve(1, _bound())
    ledger.commit([], left)
    assert not ledger.spent
    assert ledger.reserve(1, _bound())


@given(
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4), st.booleans()), max_size=40),
)
def test_one_worker_alone_never_exceeds_the_day(
    limit: int, requests: list[tuple[int, int, bool]]
) -> None:
    ledger, stored, uncommitted = DayLedger(_left(limit)), 0, 0
    for asked, came, commits in requests:
        if ledger.reserve(1, _bound(asked)):
            came = min(came, asked)
            ledger.settle(1, _bound(asked), Spent(came, 0, Decimal(0)))
            uncommitted += came
        if commits:
            stored, uncommitted, committed = stored + uncommitted, 0, uncommitted
            ledger.commit(_samples(committed), _left(limit - stored))
    assert stored + uncommitted <= limit


# Runs


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


@on_real_rows
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


@on_real_rows
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


@on_real_rows
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


@on_real_rows
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


@on_real_rows
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


@on_real_rows
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


@on_real_rows
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

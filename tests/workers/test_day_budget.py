"""The ledger of endpoints' days: a worker by itself never exceeds one."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.scoring.days import DayLeft
from backend.scoring.samples import NewSample, Spent
from workers.budget import Bound
from workers.day_budget import DayLedger

TODAY = date(2026, 11, 23)


def _left(calls: int | None = None, cost: str | None = None) -> dict[int, DayLeft]:
    return {1: DayLeft(TODAY, calls, None if cost is None else Decimal(cost))}


def _bound(calls: int = 1, cost: str = "0") -> Bound:
    return Bound(calls, 0, Decimal(cost))


def _samples(count: int, cost: str = "0") -> list[NewSample]:
    sample = NewSample(
        1, 1, "t", "s", 0, 64, "", None, "stop", None, None, 0, 0, Decimal(cost), 1
    )  # fmt: skip
    return [sample] * count


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

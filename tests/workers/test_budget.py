"""Budgets: whatever is open counts at its most, and gives back what it did not use."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.runs.plan import Budget
from backend.scoring.samples import Spent
from workers.budget import Bound, Ledger


def _ledger(calls: int | None = None, tokens: int | None = None, cost: str | None = None) -> Ledger:
    limit = None if cost is None else Decimal(cost)
    return Ledger(Budget(calls, tokens, limit), Spent(0, 0, Decimal(0)))


def _bound(calls: int = 1, tokens: int = 0, cost: str = "0") -> Bound:
    return Bound(calls, tokens, Decimal(cost))


def test_no_budget_is_no_limit() -> None:
    assert _ledger().reserve(_bound(10**9, 10**12, "1e9"))


def test_each_budget_refuses_by_itself() -> None:
    assert not _ledger(calls=1).reserve(_bound(2))
    assert not _ledger(tokens=99).reserve(_bound(1, 100))
    assert not _ledger(cost="0.5").reserve(_bound(1, 1, "0.51"))


def test_open_calls_count_until_they_settle_for_less() -> None:
    ledger = _ledger(tokens=100)
    assert ledger.reserve(_bound(1, 60))
    assert not ledger.reserve(_bound(1, 60))
    ledger.settle(_bound(1, 60), Spent(1, 10, Decimal(0)))
    assert ledger.reserve(_bound(1, 60))


def test_what_was_spent_before_counts() -> None:
    ledger = Ledger(Budget(5, None, None), Spent(4, 0, Decimal(0)))
    assert ledger.reserve(_bound())
    assert not ledger.reserve(_bound())


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(1, 5), st.floats(0, 1)), max_size=40),
)
def test_spending_never_exceeds_the_budget(limit: int, requests: list[tuple[int, float]]) -> None:
    ledger, spent = _ledger(tokens=limit), 0
    for most, share in requests:
        if ledger.reserve(_bound(1, most)):
            used = round(most * share)
            ledger.settle(_bound(1, most), Spent(1, used, Decimal(0)))
            spent += used
    assert spent <= limit

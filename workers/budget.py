"""A shard's budget: what is spent, and what calls on their way may still cost at most."""

from decimal import Decimal
from typing import NamedTuple

from backend.runs.plan import Budget
from backend.scoring.samples import Spent


class Bound(NamedTuple):
    """The most that a request may use."""

    calls: int
    tokens: int
    cost: Decimal


class Ledger:
    """Lets a request start only if the budget holds even where all open ones cost their most."""

    def __init__(self, budget: Budget, spent: Spent) -> None:
        self.budget = budget
        # Spent or reserved.
        self._calls, self._tokens, self._cost = spent

    def reserve(self, bound: Bound) -> bool:
        """Count a request in, unless it could exceed the budget."""
        fits = (
            _fits(self._calls + bound.calls, self.budget.calls)
            and _fits(self._tokens + bound.tokens, self.budget.tokens)
            and _fits(self._cost + bound.cost, self.budget.cost)
        )
        if fits:
            self._calls += bound.calls
            self._tokens += bound.tokens
            self._cost += bound.cost
        return fits

    def settle(self, bound: Bound, spent: Spent) -> None:
        """Replace what a request could have cost by what it did."""
        self._calls += spent.calls - bound.calls
        self._tokens += spent.tokens - bound.tokens
        self._cost += spent.cost - bound.cost


def _fits(total: Decimal | int, limit: Decimal | int | None) -> bool:
    return limit is None or total <= limit

"""Endpoints' days: what they may still use today, and what this job's own calls may take of it.

The database knows what is stored, of all runs and workers; it is read again with each commit. What
is open or not yet committed here counts at its most. So a day's limit is exceeded by no more than
what other processes have in flight.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.runs.days import DaySpent, Limit
from backend.scoring.days import DayLeft
from backend.scoring.samples import NewSample, Spent
from workers.budget import Bound

_NOTHING = (0, Decimal(0))


class DayLedger:
    """Lets a request start only if its endpoint's day holds even where all open ones cost most.

    Args:
        left: what is left of today, by endpoint; those without a limit are absent.
    """

    def __init__(self, left: Mapping[int, DayLeft]) -> None:
        self._left = left
        # Calls and money that are reserved, or used and not committed.
        self._held: dict[int, tuple[int, Decimal]] = {}
        self._refused: dict[int, DaySpent] = {}

    def reserve(self, endpoint_id: int, bound: Bound) -> bool:
        """Count a request in, unless it could exceed the endpoint's day."""
        limit = self._exceeded(endpoint_id, bound)
        if limit is not None:
            left = self._left[endpoint_id]
            self._refused[endpoint_id] = DaySpent(endpoint_id, left, limit, bound.calls, bound.cost)
            return False
        self._refused.pop(endpoint_id, None)
        self._add(endpoint_id, bound.calls, bound.cost)
        return True

    def settle(self, endpoint_id: int, bound: Bound, spent: Spent) -> None:
        """Replace what a request could have cost by what it did, nothing if it is not made."""
        self._add(endpoint_id, spent.calls - bound.calls, spent.cost - bound.cost)

    def commit(self, samples: Sequence[NewSample], left: Mapping[int, DayLeft]) -> None:
        """These samples are stored, and so much is left now, with them and all others counted."""
        for sample in samples:
            self._add(sample.endpoint_id, -1, -sample.cost)
        self._left = left
        # A new day, or a raised limit.
        for endpoint_id, day in list(self._refused.items()):
            if self._exceeded(endpoint_id, Bound(day.calls, 0, day.cost)) is None:
                del self._refused[endpoint_id]

    def is_spent(self, endpoint_id: int) -> bool:
        """Whether the endpoint was refused, and nothing that is open can give room again."""
        return endpoint_id in self._refused and not self._held.get(endpoint_id, _NOTHING)[0]

    @property
    def spent(self) -> list[DaySpent]:
        """The endpoints whose calls have to wait for another day."""
        return [day for endpoint_id, day in self._refused.items() if self.is_spent(endpoint_id)]

    def _exceeded(self, endpoint_id: int, bound: Bound) -> Limit | None:
        left = self._left.get(endpoint_id)
        if left is None:
            return None
        calls, cost = self._held.get(endpoint_id, _NOTHING)
        if left.calls is not None and calls + bound.calls > left.calls:
            return "calls"
        return "cost" if left.cost is not None and cost + bound.cost > left.cost else None

    def _add(self, endpoint_id: int, calls: int, cost: Decimal) -> None:
        # Kept for all endpoints: any may be given a limit while the run goes on.
        held_calls, held_cost = self._held.get(endpoint_id, _NOTHING)
        self._held[endpoint_id] = (held_calls + calls, held_cost + cost)

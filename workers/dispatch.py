"""Which calls may start now: where an endpoint has room and its day, and the run its budget."""

import asyncio
from collections.abc import Callable, Collection

from backend.scoring.samples import Spent, spent_by
from workers.budget import Bound, Ledger
from workers.day_budget import DayLedger
from workers.lanes import Lane, Request, Ticket
from workers.open_seed import OpenSeed


class Dispatcher:
    """Starts a job's calls in the order of their lanes.

    Args:
        lanes: by endpoint.
        ledger: the shard's budget.
        days: the endpoints' days.
        state: of the run.
        start: begins a request.
        under_way: how many requests are open, those of waiting ticket holders among them.
        let_go: gives up a seed for now; it stays pending.

    Attributes:
        state: of the run.
        starved: whether the next call would be over the budget.
    """

    def __init__(
        self,
        lanes: Collection[Lane],
        ledger: Ledger,
        days: DayLedger,
        state: str,
        start: Callable[[Lane, Request], None],
        under_way: Callable[[], int],
        let_go: Callable[[OpenSeed], None],
    ) -> None:
        self.state = state
        self.starved = False
        self._lanes, self._ledger, self._days = lanes, ledger, days
        self._start, self._under_way, self._let_go = start, under_way, let_go
        self._turned_away = False

    @property
    def may_go_on(self) -> bool:
        """Whether calls may start as far as run and budget go."""
        return self.state == "running" and not self.starved

    @property
    def is_hungry(self) -> bool:
        """Whether an endpoint could be asked more than is waiting for it."""
        return any(
            lane.is_hungry and not self._days.is_spent(lane.entry.endpoint_id)
            for lane in self._lanes
        )

    @property
    def is_blocked(self) -> bool:
        """Whether nothing may start until something changes elsewhere."""
        spent = all(self._days.is_spent(lane.entry.endpoint_id) for lane in self._lanes)
        return spent or not self.may_go_on

    @property
    def is_spent(self) -> bool:
        """Whether the budget has ended calls that would else have been made."""
        return self.starved or self._turned_away

    def pump(self) -> None:
        """Start every call that may start now."""
        self.starved = False
        for lane in self._lanes:
            while lane.first and lane.unsafe < lane.capacity and self.state == "running":
                if not self._reserve(lane, lane.first.bound):
                    break
                self._admit(lane, lane.first)
        self._turn_away()

    def settle(self, lane: Lane, bound: Bound, spent: Spent) -> None:
        """Replace what a call could have cost by what it did, nothing if it is not made."""
        self._ledger.settle(bound, spent)
        self._days.settle(lane.entry.endpoint_id, bound, spent)

    def _reserve(self, lane: Lane, bound: Bound) -> bool:
        if not self._days.reserve(lane.entry.endpoint_id, bound):
            if self._days.is_spent(lane.entry.endpoint_id):
                self._park(lane)
            return False
        if not self._ledger.reserve(bound):
            self._days.settle(lane.entry.endpoint_id, bound, spent_by(()))
            self.starved = True
            return False
        return True

    def _admit(self, lane: Lane, first: Request | Ticket) -> None:
        if isinstance(first, Request):
            lane.waiting.popleft()
            lane.unsafe += len(first.calls)
            self._start(lane, first)
        elif lane.tickets.popleft().admitted.done():  # whoever waited is gone
            self.settle(lane, first.bound, spent_by(()))
        else:
            lane.unsafe += 1
            first.admitted.set_result(True)

    def _park(self, lane: Lane) -> None:
        """Let go of what waits for an endpoint's next day: it is pending, for another job."""
        lane.turn_away()
        for seed in lane.park():
            self._let_go(seed)

    def _turn_away(self) -> None:
        """Let nobody wait with a ticket where nothing under way can make room any more."""
        tickets = sum(len(lane.tickets) for lane in self._lanes)
        is_stuck = self.starved and self._under_way() <= tickets
        if tickets and (is_stuck or self.state != "running"):
            self._turned_away = self._turned_away or self.starved
            for lane in self._lanes:
                lane.turn_away()


class LaneGate:
    """Lets a part that makes its own calls in among a lane's requests."""

    def __init__(self, lane: Lane, dispatcher: Dispatcher) -> None:
        self._lane, self._dispatcher = lane, dispatcher

    async def enter(self, bound: Bound) -> bool:
        """Wait for room for one call; False where the run's state or budget forbids it."""
        ticket = Ticket(bound, asyncio.get_running_loop().create_future())
        self._lane.tickets.append(ticket)
        self._dispatcher.pump()
        return await ticket.admitted

    def leave(self, bound: Bound, spent: Spent) -> None:
        """The call is over, and cost this instead of its bound."""
        self._dispatcher.settle(self._lane, bound, spent)
        if not spent.calls:  # else it is unsafe until it is committed
            self._lane.unsafe -= 1
        self._dispatcher.pump()

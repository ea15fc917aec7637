"""One endpoint's calls in a scoring job: those that wait, and how many are not yet safe."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.science.stopping import Call
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import Spent
from workers.budget import Bound, Ledger
from workers.model_client import ModelClient
from workers.open_seed import OpenSeed
from workers.questions import question


class Request(NamedTuple):
    """Calls of one seed to one endpoint that go out together."""

    seed: OpenSeed
    calls: Sequence[Call]
    bound: Bound


class Ticket(NamedTuple):
    """One call that another part makes by itself, once it is let in; False turns it away."""

    bound: Bound
    admitted: "asyncio.Future[bool]"


class Lane:
    """An endpoint with its waiting requests.

    Requests wait in `waiting`, calls that others make in `tickets`. `unsafe` counts samples that are
    asked for and not yet committed. It stays within what the endpoint may have in flight, so that a
    killed worker has never more than that to ask again.
    """

    def __init__(self, entry: LineUpEntry, endpoint: Endpoint, client: ModelClient) -> None:
        self.entry = entry
        self.endpoint = endpoint
        self.client = client
        self.waiting: deque[Request] = deque()
        self.tickets: deque[Ticket] = deque()
        self.unsafe = 0
        self.failures_in_a_row = 0

    @property
    def capacity(self) -> int:
        """The most samples that may be unsafe."""
        return self.endpoint.max_in_flight * self.client.samples_per_call

    @property
    def is_hungry(self) -> bool:
        """Whether it could ask more than it is given."""
        return not self.waiting and self.unsafe < self.capacity

    def add(self, seed: OpenSeed, calls: Sequence[Call]) -> None:
        """Queue calls of one seed, as few requests as the server allows."""
        size = self.client.samples_per_call
        messages = question(self.entry, seed.seed.prompt).messages
        for start in range(0, len(calls), size):
            part = calls[start : start + size]
            self.waiting.append(Request(seed, part, self.bound(messages, len(part))))

    def bound(self, messages: Sequence[Mapping[str, str]], calls: int) -> Bound:
        """The most that so many samples can cost."""
        most = self.client.estimated_tokens(messages)
        completion = self.entry.sampling.max_tokens
        price = cost(self.endpoint, most - completion, completion)
        return Bound(calls, calls * most, calls * price)

    @property
    def first(self) -> Request | Ticket | None:
        """Who is next: tickets go first, for they finish what has begun."""
        line: Sequence[Request | Ticket] = self.tickets or self.waiting
        return line[0] if line else None

    def turn_away(self) -> None:
        """Tell those who wait with a ticket that nothing more may start."""
        while self.tickets:
            admitted = self.tickets.popleft().admitted
            if not admitted.done():
                admitted.set_result(False)


class LaneGate:
    """Lets a part that makes its own calls in among the lane's requests."""

    def __init__(self, lane: Lane, ledger: Ledger, pump: Callable[[], None]) -> None:
        self._lane, self._ledger, self._pump = lane, ledger, pump

    async def enter(self, bound: Bound) -> bool:
        """Wait for room for one call; False where the run's state or budget forbids it."""
        ticket = Ticket(bound, asyncio.get_running_loop().create_future())
        self._lane.tickets.append(ticket)
        self._pump()
        return await ticket.admitted

    def leave(self, bound: Bound, spent: Spent) -> None:
        """The call is over, and cost this instead of its bound."""
        self._ledger.settle(bound, spent)
        if not spent.calls:  # else it is unsafe until it is committed
            self._lane.unsafe -= 1
        self._pump()

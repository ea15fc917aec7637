"""How fast an endpoint is called: calls in flight, requests and tokens per minute.

`AdaptiveLimit` and `RateWindow` are plain state, kept for as long as the process lives; `InFlight`
and `Pacer` make callers of one event loop wait for them, in order of arrival.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MINUTE = 60.0
# A settled call may free tokens sooner than time does; only the first in the queue looks.
POLL_SECONDS = 0.1
# Recovery from one call at a time to all of them takes about this many rounds.
RECOVERY_ROUNDS = 32

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class AdaptiveLimit:
    """Calls in flight between 1 and `most`: additive increase, decrease by the congested share.

    A round is as many outcomes as may be in flight. If all were congested (429 or a timeout), the
    limit is halved; if a share was, it shrinks by half of that share, as DCTCP does (Alizadeh et
    al., 2010): single faults cost little, and a full server is found within a few calls. Else it
    grows by a fixed step.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._limit = float(most)
        self._step = max(1.0, most / RECOVERY_ROUNDS)
        self._outcomes = 0
        self._congested = 0

    @property
    def allowed(self) -> int:
        """How many calls may be in flight now."""
        return int(self._limit)

    def record(self, *, congested: bool) -> None:
        """Count one call's outcome; at the end of a round the limit moves."""
        self._outcomes += 1
        self._congested += congested
        if self._outcomes < self.allowed:
            return
        share = self._congested / self._outcomes
        limit = self._limit * (1 - share / 2) + self._step * (1 - share)
        self._limit = min(max(limit, 1.0), float(self.most))
        self._outcomes = self._congested = 0


class InFlight:
    """A gate of changing width: `async with` it around a call."""

    def __init__(self, limit: AdaptiveLimit) -> None:
        self._limit = limit
        self._used = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if not self._waiting and self._used < self._limit.allowed:
            self._used += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # given in the moment of cancellation
                self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._used -= 1
        while self._waiting and self._used < self._limit.allowed:
            place = self._waiting.popleft()
            if not place.done():
                self._used += 1
                place.set_result(None)


@dataclass
class Charge:
    """What one call takes of a window; lowered or raised when the true amount is known."""

    at: float
    amount: int


class RateWindow:
    """At most `limit` within any 60 seconds, by a log of what was admitted.

    A single amount above the limit is admitted alone: waiting longer would not make it smaller.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._log: deque[Charge] = deque()
        self._sum = 0

    def wait(self, amount: int, now: float) -> float:
        """Seconds until the amount fits; 0 where it does."""
        self._forget(now)
        excess = self._sum + amount - self.limit
        if excess <= 0 or not self._log:
            return 0.0
        leaving = self._log[-1]
        for leaving in self._log:
            excess -= leaving.amount
            if excess <= 0:
                break
        return leaving.at + MINUTE - now

    def charge(self, amount: int, now: float) -> Charge:
        """Admit the amount."""
        charge = Charge(now, amount)
        self._log.append(charge)
        self._sum += amount
        return charge

    def settle(self, charge: Charge, amount: int, now: float) -> None:
        """Replace an estimate by what the call really took."""
        self._forget(now)
        if self._log and charge.at >= self._log[0].at:
            self._sum += amount - charge.amount
        charge.amount = amount

    def _forget(self, now: float) -> None:
        while self._log and self._log[0].at + MINUTE <= now:
            self._sum -= self._log.popleft().amount


class Pacer:
    """Keeps the requests and tokens of each minute under their limits (None: no limit)."""

    def __init__(
        self, requests: RateWindow | None, tokens: RateWindow | None, clock: Clock, sleep: Sleep
    ) -> None:
        self._requests = requests
        self._tokens = tokens
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()

    async def admit(self, tokens: int) -> Charge | None:
        """Wait until one more request of so many tokens fits; the charge is to be settled."""
        if self._requests is None and self._tokens is None:
            return None
        async with self._turn:
            while (wait := self._wait(tokens)) > 0:
                await self._sleep(min(wait, POLL_SECONDS))
            now = self._clock()
            if self._requests is not None:
                self._requests.charge(1, now)
            return None if self._tokens is None else self._tokens.charge(tokens, now)

    def _wait(self, tokens: int) -> float:
        now = self._clock()
        requests = 0.0 if self._requests is None else self._requests.wait(1, now)
        return max(requests, 0.0 if self._tokens is None else self._tokens.wait(tokens, now))

    def settle(self, charge: Charge | None, tokens: int) -> None:
        """Say how many tokens the admitted call really took."""
        if charge is not None and self._tokens is not None:
            self._tokens.settle(charge, tokens, self._clock())

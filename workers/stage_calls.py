"""The calls of a stage that asks an endpoint: beside each other, within its day, paid once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination.asking import StageFailed
from backend.endpoints.tables import Endpoint
from backend.jobs.service import ClaimedJob
from backend.scoring.days import DayLeft, days_left
from backend.scoring.samples import Spent
from backend.scoring.spend import Use, add_spend
from workers.budget import Bound
from workers.day_budget import DayLedger

Answer = TypeVar("Answer")
_NOTHING = Spent(0, 0, Decimal(0))


class StageCalls:
    """The calls of one job to one endpoint, by its sole asker, from one event loop.

    Args:
        job: for which answers are stored.
        endpoint: who is asked.
        left: what is left of the endpoint's day.
    """

    def __init__(self, job: ClaimedJob, endpoint: Endpoint, left: Mapping[int, DayLeft]) -> None:
        self.endpoint = endpoint
        self._job = job
        self._ledger = DayLedger(left)
        self._room = asyncio.Condition()

    async def run(self, calls: Iterable[Callable[[], Awaitable[None]]]) -> None:
        """Make calls; after a failure none is begun, but those under way end and are stored."""
        waiting = iter(calls)
        failures: list[Exception] = []

        async def work() -> None:
            for call in waiting:
                if failures:
                    return
                try:
                    await call()
                except Exception as error:
                    failures.append(error)

        await asyncio.gather(*(work() for _ in range(self.endpoint.max_in_flight)))
        if failures:
            raise failures[0]

    async def paid(
        self,
        bound: Bound,
        ask: Callable[[], Awaitable[Answer]],
        store: Callable[[Session, Answer], Use],
    ) -> None:
        """Make a call when the endpoint's day has room for it, and store what it brings.

        Args:
            bound: the most that it may use.
            ask: makes the call.
            store: writes the answer, in one transaction with what it took.

        Raises:
            CallFailed: the call brought nothing.
            StageFailed: the day has no room for it.
            LeaseLost: another attempt has the job.
        """
        await self._enter(bound)
        try:
            self.stored(store, await ask())
        finally:
            self._ledger.settle(self.endpoint.id, bound, _NOTHING)
            async with self._room:
                self._room.notify_all()

    def stored(self, store: Callable[[Session, Answer], Use | None], answer: Answer) -> None:
        """Store an answer for the job, with what it took."""
        with session_scope() as session:
            self._job.fence(session)
            use = store(session, answer)
            add_spend(session, None, [] if use is None else [use])
            left = days_left(session, [self.endpoint.id])
        self._ledger.commit((), left)

    async def _enter(self, bound: Bound) -> None:
        number = self.endpoint.id
        async with self._room:
            await self._room.wait_for(
                lambda: self._ledger.reserve(number, bound) or self._ledger.is_spent(number)
            )
        if self._ledger.is_spent(number):
            raise StageFailed(
                f"{self.endpoint.name} has used up its day (UTC): raise its limit, or check again "
                "tomorrow"
            )

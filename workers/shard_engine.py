"""Calls about a shard's seeds: hundreds in flight on one event loop, every answer stored.

Seeds are taken in their order. Answers go to the writer thread at once; a call starts only where
the endpoint has room, the run is running and the budget would hold even if all open calls cost
their most. What a seed needs next is for the kind of run to say.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from itertools import groupby
from typing import Any, Generic, TypeVar

from backend.runs.pending import PendingSeed
from backend.runs.plan import RunStatus, ShardPlan
from backend.runs.shard_recorder import Batch
from backend.science.stopping import Call
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample, spent_by
from workers.budget import Ledger
from workers.clients import Client
from workers.day_budget import DayLedger
from workers.dispatch import Dispatcher
from workers.lanes import Lane, Request
from workers.open_seed import OpenSeed
from workers.program_tests import ProgramTests
from workers.questions import Question, question
from workers.replies import CallFailed, Reply
from workers.sample_writer import SampleWriter

PAGE = 500
# Seeds are asked for at least so many answers at a time, most of the time.
FEWEST_CALLS = 2
# So many calls in a row that failed for good, and none that succeeded: the endpoint is down.
MOST_FAILURES_IN_A_ROW = 20

Pending = TypeVar("Pending")


async def pages(load: Callable[[Pending | None], list[Pending]]) -> AsyncIterator[Pending]:
    """What is pending, a page at a time: `load` gives what follows, and runs in a thread."""
    after = None
    while page := await asyncio.to_thread(load, after):
        for pending in page:
            yield pending
        after = page[-1]


class ShardEngine(ABC, Generic[Pending]):
    """One job's work; made and run inside one event loop.

    Args:
        plan: the shard.
        clients: a client for each endpoint of the line-up.

    Attributes:
        days: which endpoints have used up their day.
    """

    def __init__(self, plan: ShardPlan, clients: Mapping[int, Client]) -> None:
        self._plan = plan
        self._lanes = {
            entry.endpoint_id: Lane(
                entry, plan.endpoints[entry.endpoint_id], clients[entry.endpoint_id]
            )
            for entry in plan.line_up
        }
        self._guided = plan.guided
        self._ledger = Ledger(plan.status.budget, plan.spent)
        self.days = DayLedger(plan.status.days)
        self._dispatcher = Dispatcher(
            self._lanes.values(),
            self._ledger,
            self.days,
            plan.status.state,
            lambda lane, request: self._start(self._ask(lane, request)),
            lambda: len(self._tasks),
            self._let_go,
        )
        self._seeds: dict[int, OpenSeed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._starts_no_more = False
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    async def run(self, writer: SampleWriter) -> bool:
        """Work until nothing is pending, the run stops running, or the budget is spent.

        All answers are given to the writer; the caller closes it. Returns whether the budget ended
        it. Raises what the writer raised.
        """
        self._writer = writer
        self._tests = ProgramTests(writer)
        try:
            await self._work()
            return self._dispatcher.is_spent
        finally:
            self._starts_no_more, self._dispatcher.state = True, "paused"
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # What each kind of run does in its own way

    @abstractmethod
    async def _work(self) -> None:
        """Take all seeds, and wait for them."""

    @abstractmethod
    def _open(self, pending: Pending) -> None:
        """Begin with a seed: put it among `_seeds`, and ask for what it lacks."""

    @abstractmethod
    async def _received(self, request: Request, samples: Sequence[NewSample]) -> None:
        """Go on with a seed for which a request has brought these samples, or none."""

    # What the writer's thread reports

    def committed(self, batch: Batch, status: RunStatus) -> None:
        """Tell the loop what is stored and how the run stands; for the writer's thread."""
        self._loop.call_soon_threadsafe(self._on_commit, batch, status)

    def broken(self, error: BaseException) -> None:
        """Tell the loop that nothing can be stored any more; for the writer's thread."""
        self._loop.call_soon_threadsafe(self._fail, error)

    def check(self) -> None:
        """Raise what went wrong after the last seed, while the writer was closed."""
        if self._failure is not None:
            raise self._failure

    def _on_commit(self, batch: Batch, status: RunStatus) -> None:
        for endpoint_id, count in Counter(s.endpoint_id for s in batch.samples).items():
            self._lanes[endpoint_id].unsafe -= count
        for revision_id in (*batch.complete, *batch.waiting, *batch.failed):
            self._seeds.pop(revision_id, None)
        if not self._starts_no_more:  # what is committed now may have been read before it was so
            self._dispatcher.state = status.state
        self._ledger.budget = status.budget
        self.days.commit(batch.samples, status.days)
        self._pump()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._changed.set()

    # Calls

    def _add(self, seed: OpenSeed, calls: Sequence[Call]) -> None:
        """Have calls about a seed made as soon as they may."""
        seed.open.update(calls)
        for endpoint_id, group in groupby(calls, key=lambda call: call.endpoint):
            lane = self._lanes[endpoint_id]
            lane.add(seed, list(group), self._question(lane.entry, seed.seed))

    def _question(self, entry: LineUpEntry, seed: PendingSeed) -> Question:
        """What an endpoint is asked about a seed."""
        for_program = seed.tests is not None
        return question(entry, seed.prompt, for_program=for_program, guided=self._guided)

    def _pump(self) -> None:
        self._dispatcher.pump()
        self._changed.set()

    def _let_go(self, seed: OpenSeed) -> None:
        """Give a seed up for now: it stays pending, and is taken up again."""
        self._seeds.pop(seed.seed.revision_id, None)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _ask(self, lane: Lane, request: Request) -> None:
        asked = request.question
        reason = "fewer replies than asked for"
        replies: Sequence[Reply]
        try:
            replies = await lane.client.ask(
                asked.messages, n=len(request.calls), json_schema=asked.json_schema
            )
            about_prompt = False
        except CallFailed as failure:
            replies, reason, about_prompt = failure.replies, str(failure), failure.about_prompt
        taken = lane.take(request, replies)
        for sample in taken.samples:
            self._writer.sample(sample)
        self._give_up(lane, request, len(replies), reason, about_prompt=about_prompt)
        self._dispatcher.settle(lane, request.bound, spent_by(taken.samples))
        await self._tests.run(request.seed, taken.programs)
        await self._received(request, taken.samples)

    def _give_up(
        self, lane: Lane, request: Request, replies: int, reason: str, *, about_prompt: bool
    ) -> None:
        """Note the calls of a request that brought nothing."""
        calls = request.calls[replies:]
        if lost := lane.lose(request.seed, calls, reason, about_prompt=about_prompt):
            self._writer.lost(lane.entry.endpoint_id, lost)
        down = lane.failures_in_a_row >= MOST_FAILURES_IN_A_ROW and lane.entry.role != "judge"
        if down:
            self._halt(f"{lane.entry.name} does not answer: {reason}")

    def _halt(self, note: str) -> None:
        """Pause the run, and say why: at once, for the writer's word comes with a later commit."""
        if self._dispatcher.state == "running":
            self._starts_no_more, self._dispatcher.state = True, "paused"
            self._writer.halt(note)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._pump()

    # Waiting

    async def _take(self, seeds: AsyncIterator[Pending]) -> None:
        """Open seeds as there is room for them, as long as there is work to be had."""
        async for seed in seeds:
            await self._until(lambda: self._has_room() or self._at_rest())
            if not self._has_room():
                break
            self._open(seed)

    async def _settled(self) -> None:
        """Wait until no seed is open, or nothing may go on."""
        await self._until(lambda: not self._seeds or self._at_rest())

    async def _until(self, holds: Callable[[], bool]) -> None:
        while self._failure is None and not holds():
            self._changed.clear()
            await self._changed.wait()
        if self._failure is not None:
            raise self._failure

    def _at_rest(self) -> bool:
        """Whether no call is open and none may start."""
        return not self._tasks and self._dispatcher.is_blocked

    def _has_room(self) -> bool:
        """Whether one more seed would be worked on now."""
        window = max(
            2 * lane.capacity // min(lane.entry.samples, FEWEST_CALLS) + 8
            for lane in self._lanes.values()
        )
        room = len(self._seeds) < window
        return room and self._dispatcher.may_go_on and self._dispatcher.is_hungry

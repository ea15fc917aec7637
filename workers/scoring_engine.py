"""Scores the seeds of a shard: hundreds of calls in flight on one event loop, every answer stored.

Seeds are taken in their order. What a seed needs next is a pure decision (`next_calls`), taken
again whenever one of its answers comes in. Answers go to the writer thread at once; a call starts
only where the endpoint has room, the run is running and the budget would hold even if all open
calls cost their most.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from backend.endpoints.settings import cost
from backend.runs.plan import PendingSeed, RunStatus, ShardPlan
from backend.runs.recording import Batch
from backend.science.answers import canonical_key
from backend.science.stopping import lacking, next_calls
from backend.scoring.line_up import plan_of
from backend.scoring.samples import NewSample, Spent
from workers.budget import Bound, Ledger
from workers.clients import Client
from workers.lanes import Lane, OpenSeed, Request
from workers.questions import new_sample, question
from workers.replies import CallFailed, Reply
from workers.sample_writer import SampleWriter

PAGE = 500
# So many calls in a row that failed for good, and none that succeeded: the endpoint is down.
MOST_FAILURES_IN_A_ROW = 20

LoadPage = Callable[[bool, int, int], list[PendingSeed]]


class ScoringEngine:
    """One job's work; made and run inside one event loop.

    Args:
        plan: the shard.
        clients: a client for each endpoint of the line-up.
        load_page: (calibrates, after, limit) -> the next pending seeds; runs in a thread.
    """

    def __init__(self, plan: ShardPlan, clients: Mapping[int, Client], load_page: LoadPage) -> None:
        self._plan = plan
        self._planned = plan_of(plan.line_up)
        self._lanes = {
            entry.endpoint_id: Lane(
                entry, plan.endpoints[entry.endpoint_id], clients[entry.endpoint_id]
            )
            for entry in plan.line_up
        }
        self._load_page = load_page
        self._ledger = Ledger(plan.status.budget, plan.spent)
        self._state = plan.status.state
        self._starved = False
        self._seeds: dict[int, OpenSeed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    async def run(self, writer: SampleWriter) -> bool:
        """Score until nothing is pending, the run stops running, or the budget is spent.

        All answers are given to the writer; the caller closes it. Returns whether the budget ended
        it. Raises what the writer raised.
        """
        self._writer = writer
        try:
            async for seed in self._pending():
                await self._until(lambda: self._has_room() or self._at_rest())
                if not self._has_room():
                    break
                self._open(seed)
            await self._until(lambda: not self._seeds or self._at_rest())
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._starved

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
        for revision_id in (*batch.complete, *batch.failed):
            self._seeds.pop(revision_id, None)
        self._state = status.state
        self._ledger.budget = status.budget
        self._pump()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._changed.set()

    # Seeds

    async def _pending(self) -> AsyncIterator[PendingSeed]:
        for calibrates in (True, False):
            after = 0
            while page := await asyncio.to_thread(self._load_page, calibrates, after, PAGE):
                for seed in page:
                    yield seed
                after = page[-1].revision_id

    def _open(self, seed: PendingSeed) -> None:
        has_answer = canonical_key(seed.given_answer) is not None
        opened = OpenSeed(seed, asks_reference=seed.calibrates or not has_answer)
        self._seeds[seed.revision_id] = opened
        self._advance(opened)
        self._pump()

    def _advance(self, seed: OpenSeed) -> None:
        """Queue the seed's next calls; a seed that needs none and has none open is complete."""
        calls = next_calls(seed.state, self._planned)
        for endpoint_id, group in groupby(calls, key=lambda call: call.endpoint):
            self._lanes[endpoint_id].add(seed, list(group))
        seed.open.update(calls)
        if not seed.open:
            self._finish(seed)

    def _finish(self, seed: OpenSeed) -> None:
        revision_id = seed.seed.revision_id
        has_answer = canonical_key(seed.seed.given_answer) is not None
        if missing := lacking(seed.state, self._planned, has_answer):
            reasons = {reason for call, reason in seed.failed.items() if call.endpoint in missing}
            self._writer.failed(revision_id, "; ".join(sorted(reasons)))
        else:
            self._writer.complete(revision_id, calibrates=seed.seed.calibrates)

    # Calls

    def _pump(self) -> None:
        """Start every call that may start now."""
        self._starved = False
        for lane in self._lanes.values():
            while lane.waiting and lane.unsafe < lane.capacity and self._state == "running":
                bound = self._bound(lane, lane.waiting[0])
                if not self._ledger.reserve(bound):
                    self._starved = True
                    break
                request = lane.waiting.popleft()
                lane.unsafe += len(request.calls)
                task = self._loop.create_task(self._ask(lane, request, bound))
                self._tasks.add(task)
                task.add_done_callback(self._ended)
        self._changed.set()

    def _bound(self, lane: Lane, request: Request) -> Bound:
        messages = question(lane.entry, request.seed.seed.prompt).messages
        calls = len(request.calls)
        most = lane.client.estimated_tokens(messages)
        completion = lane.entry.sampling.max_tokens
        price = cost(lane.endpoint, most - completion, completion)
        return Bound(calls, calls * most, calls * price)

    async def _ask(self, lane: Lane, request: Request, bound: Bound) -> None:
        asked = question(lane.entry, request.seed.seed.prompt)
        reason = "fewer replies than asked for"
        replies: Sequence[Reply]
        try:
            replies = await lane.client.ask(
                asked.messages, n=len(request.calls), json_schema=asked.json_schema
            )
        except CallFailed as failure:
            replies, reason = failure.replies, str(failure)
        samples = self._take(lane, request, replies)
        self._give_up(lane, request, reason)
        self._ledger.settle(bound, _spent(samples))
        self._advance(request.seed)
        self._pump()

    def _take(self, lane: Lane, request: Request, replies: Sequence[Reply]) -> list[NewSample]:
        """Store what came back."""
        seed, samples = request.seed, []
        for call, reply in zip(request.calls, replies, strict=False):
            sample, key = new_sample(
                lane.entry, lane.endpoint, seed.seed.revision_id, call.sample_index, reply
            )
            self._writer.sample(sample)
            samples.append(sample)
            seed.answers[call] = key
            seed.open.discard(call)
            lane.failures_in_a_row = 0
        return samples

    def _give_up(self, lane: Lane, request: Request, reason: str) -> None:
        """Note the calls of a request that brought nothing."""
        lost = [call for call in request.calls if call in request.seed.open]
        for call in lost:
            request.seed.failed[call] = f"{lane.entry.name}: {reason}"
            request.seed.open.discard(call)
        lane.unsafe -= len(lost)
        lane.failures_in_a_row += len(lost)
        down = lane.failures_in_a_row >= MOST_FAILURES_IN_A_ROW and lane.entry.role != "judge"
        if down and self._state == "running":
            self._state = "paused"  # at once; the writer's word comes with its next commit
            self._writer.halt(f"{lane.entry.name} does not answer: {reason}")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._changed.set()

    # Waiting

    async def _until(self, holds: Callable[[], bool]) -> None:
        while self._failure is None and not holds():
            self._changed.clear()
            await self._changed.wait()
        if self._failure is not None:
            raise self._failure

    def _at_rest(self) -> bool:
        """Whether no call is open and none may start."""
        return not self._tasks and (self._state != "running" or self._starved)

    def _has_room(self) -> bool:
        """Whether one more seed would be worked on now."""
        window = max(2 * lane.capacity // lane.entry.samples + 8 for lane in self._lanes.values())
        hungry = any(lane.is_hungry for lane in self._lanes.values())
        return (
            self._state == "running" and not self._starved and len(self._seeds) < window and hungry
        )


def _spent(samples: Sequence[NewSample]) -> Spent:
    tokens = sum(sample.prompt_tokens + sample.completion_tokens for sample in samples)
    return Spent(len(samples), tokens, sum((sample.cost for sample in samples), Decimal(0)))

"""Scores the seeds of a shard: hundreds of calls in flight on one event loop, every answer stored.

Seeds are taken in their order. What a seed needs next is a pure decision of the run's sampling
rule, taken again whenever all that it asked for has come in. Answers go to the writer thread at
once; a call starts only where the endpoint has room, the run is running and the budget would hold
even if all open calls cost their most.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from itertools import groupby
from typing import Any

from backend.runs.pending import PHASES, PendingSeed, Phase
from backend.runs.plan import RunStatus, ShardPlan, sampling_rule
from backend.runs.recording import Batch
from backend.science.calibration import Calibration
from backend.science.stopping import lacking, next_calls
from backend.scoring.code_tests import SeedTests
from backend.scoring.line_up import plan_of
from backend.scoring.samples import spent_by
from workers.budget import Ledger
from workers.clients import Client
from workers.comparer import Comparer, LoadReplies
from workers.day_budget import DayLedger
from workers.dispatch import Dispatcher, LaneGate
from workers.equivalence_judge import EquivalenceJudge
from workers.lanes import Lane, Request
from workers.open_seed import OpenSeed
from workers.program_tests import ProgramTests
from workers.replies import CallFailed, Reply
from workers.sample_writer import SampleWriter

PAGE = 500
# A rule asks for at least so many answers of a seed at a time, most of the time.
FEWEST_CALLS = 2
# So many calls in a row that failed for good, and none that succeeded: the endpoint is down.
MOST_FAILURES_IN_A_ROW = 20

LoadPage = Callable[[Phase, PendingSeed | None, int], list[PendingSeed]]


class ScoringEngine:
    """One job's work; made and run inside one event loop.

    Args:
        plan: the shard.
        clients: a client for each endpoint of the line-up.
        load_page: (phase, after, limit) -> the next pending seeds; runs in a thread.
        load_replies: of the judge that compares answers; runs in a thread.
        calibration: what gold seeds have told before.

    Attributes:
        days: which endpoints have used up their day.
    """

    def __init__(
        self,
        plan: ShardPlan,
        clients: Mapping[int, Client],
        load_page: LoadPage,
        load_replies: LoadReplies,
        calibration: Calibration,
    ) -> None:
        self._plan = plan
        self._calibration = calibration
        self._rule = sampling_rule(plan, calibration)
        self._planned = plan_of(plan.line_up)
        self._lanes = {
            entry.endpoint_id: Lane(
                entry, plan.endpoints[entry.endpoint_id], clients[entry.endpoint_id]
            )
            for entry in plan.line_up
        }
        self._load_page = load_page
        self._load_replies = load_replies
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
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    async def run(self, writer: SampleWriter) -> bool:
        """Score until nothing is pending, the run stops running, or the budget is spent.

        All answers are given to the writer; the caller closes it. Returns whether the budget ended
        it. Raises what the writer raised.
        """
        self._writer = writer
        self._tests = ProgramTests(writer)
        self._comparer = Comparer(writer, self._judge(writer), self._load_replies)
        try:
            for phase in PHASES:
                async for seed in self._pending(phase):
                    await self._until(lambda: self._has_room() or self._at_rest())
                    if not self._has_room():
                        break
                    self._open(seed)
                if phase != "gold":  # what waits is ranked once everything has its first answers
                    await self._until(lambda: not self._seeds or self._at_rest())
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._dispatcher.is_spent

    # What the writer's thread reports

    def committed(self, batch: Batch, status: RunStatus, calibration: Calibration) -> None:
        """Tell the loop what is stored and how the run stands; for the writer's thread."""
        self._loop.call_soon_threadsafe(self._on_commit, batch, status, calibration)

    def broken(self, error: BaseException) -> None:
        """Tell the loop that nothing can be stored any more; for the writer's thread."""
        self._loop.call_soon_threadsafe(self._fail, error)

    def check(self) -> None:
        """Raise what went wrong after the last seed, while the writer was closed."""
        if self._failure is not None:
            raise self._failure

    def _on_commit(self, batch: Batch, status: RunStatus, calibration: Calibration) -> None:
        for endpoint_id, count in Counter(s.endpoint_id for s in batch.samples).items():
            self._lanes[endpoint_id].unsafe -= count
        for revision_id in (*batch.complete, *batch.waiting, *batch.failed):
            self._seeds.pop(revision_id, None)
        self._calibrate(calibration)
        self._dispatcher.state = status.state
        self._ledger.budget = status.budget
        self.days.commit(batch.samples, status.days)
        self._pump()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._changed.set()

    # Seeds

    def _calibrate(self, calibration: Calibration) -> None:
        if calibration is not self._calibration:
            self._calibration = calibration
            self._rule = sampling_rule(self._plan, calibration)

    def _judge(self, writer: SampleWriter) -> EquivalenceJudge | None:
        """The first judge also compares answers in free words."""
        for lane in self._lanes.values():
            if lane.entry.role == "judge":
                gate = LaneGate(lane, self._dispatcher)
                return EquivalenceJudge(lane.client, lane.entry, lane.endpoint, writer, gate)
        return None

    async def _pending(self, phase: Phase) -> AsyncIterator[PendingSeed]:
        after = None
        while page := await asyncio.to_thread(self._load_page, phase, after, PAGE):
            for seed in page:
                yield seed
            after = page[-1]

    def _open(self, pending: PendingSeed) -> None:
        seed = OpenSeed(pending)
        self._seeds[pending.revision_id] = seed
        if pending.tests is not None:
            self._start(self._open_with_tests(seed, pending.tests))
        elif seed.answers:
            self._start(self._advance(seed))
        else:
            self._decide(seed)
        self._pump()

    async def _open_with_tests(self, seed: OpenSeed, tests: SeedTests) -> None:
        if (problem := await self._tests.problem(tests)) is not None:
            self._writer.failed(seed.seed.revision_id, problem)
            return
        await self._tests.run(seed, seed.seed.untested)
        await self._advance(seed)

    async def _advance(self, seed: OpenSeed) -> None:
        """Once nothing of a seed is on its way: compare its answers, then decide."""
        if not seed.open:
            if await self._comparer.compare(seed):
                self._decide(seed)
            else:
                self._let_go(seed)
        self._pump()

    def _decide(self, seed: OpenSeed) -> None:
        """Queue the seed's next calls; a seed that needs none is complete, for now or for good."""
        wanted = self._rule.wanted(seed.said)
        calls = next_calls(seed.state, wanted.samples)
        if not calls:
            self._finish(seed)
        elif wanted.can_wait and self._plan.ranks and seed.seed.worth is None:
            self._writer.waiting(seed.seed.revision_id, wanted.worth)
        else:
            seed.open.update(calls)
            for endpoint_id, group in groupby(calls, key=lambda call: call.endpoint):
                self._lanes[endpoint_id].add(seed, list(group))

    def _finish(self, seed: OpenSeed) -> None:
        revision_id = seed.seed.revision_id
        if missing := lacking(seed.state, self._planned, seed.given is not None):
            reasons = {reason for call, reason in seed.failed.items() if call.endpoint in missing}
            self._writer.failed(revision_id, "; ".join(sorted(reasons)))
        else:
            self._writer.complete(revision_id, calibrates=seed.seed.calibrates)

    # Calls

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
        await self._advance(request.seed)

    def _give_up(
        self, lane: Lane, request: Request, replies: int, reason: str, *, about_prompt: bool
    ) -> None:
        """Note the calls of a request that brought nothing."""
        calls = request.calls[replies:]
        if lost := lane.lose(request.seed, calls, reason, about_prompt=about_prompt):
            self._writer.lost(lane.entry.endpoint_id, lost)
        down = lane.failures_in_a_row >= MOST_FAILURES_IN_A_ROW and lane.entry.role != "judge"
        if down and self._dispatcher.state == "running":
            # At once: the writer's word comes with its next commit.
            self._dispatcher.state = "paused"
            self._writer.halt(f"{lane.entry.name} does not answer: {reason}")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._pump()

    # Waiting

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

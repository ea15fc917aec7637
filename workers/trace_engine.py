"""Asks a teacher for the traces of a shard's seeds, and verifies each as it comes.

A seed is asked for as many traces as it lacks; those that are stored already are verified without a
call. A seed that no answer can be held against is not asked about at all, unless the teacher is
shown a guideline. What no rule rejects is shown to the judges of the run.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from backend.runs.pending import PendingSeed
from backend.runs.trace_plan import PendingTraces, TracePlan
from backend.science.stopping import next_calls
from backend.science.thinking import Trace
from backend.scoring.reference_keys import NoKey
from backend.scoring.samples import NewSample
from backend.traces.storing import NewTrace
from workers.clients import Client
from workers.dispatch import LaneGate
from workers.lanes import Request
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter
from workers.shard_engine import MOST_FAILURES_IN_A_ROW, PAGE, ShardEngine, pages
from workers.trace_judges import GatedJudge, Replies, TraceJudges
from workers.trace_verifier import FindCopies, TraceVerifier, Verified

LoadPage = Callable[[PendingTraces | None, int], list[PendingTraces]]
LoadStored = Callable[[PendingSeed], Sequence[NewSample]]
LoadReplies = Callable[[int], Replies]


class TracedSeed(OpenSeed):
    """A seed while its traces come in.

    Attributes:
        key: what they are verified against; None under a guideline.
        unverified: how many have come and are not verified and judged yet.
        has_to_wait: whether a judge may not be asked now.
        replies: what judges have said of its traces; None until it is looked up.
        judging: traces that judges are asked about now, each with those of the same text.
    """

    def __init__(self, pending: PendingTraces) -> None:
        super().__init__(pending.seed)
        self.key = pending.key
        self.unverified = 0
        self.has_to_wait = False
        self.replies: Replies | None = None
        self.judging: dict[Trace, list[Verified]] = {}


class TraceEngine(ShardEngine[PendingTraces]):
    """The work of one job of a run for traces.

    Args:
        plan: the shard.
        clients: the teacher's client, by its number.
        load_page: (after, limit) -> the next pending seeds; runs in a thread.
        load_stored: what is stored of a seed's traces and is not verified; runs in a thread.
        load_replies: what judges have said of a revision's traces; runs in a thread.
        find_copies: what of a text stands in benchmarks; runs in a thread.
    """

    def __init__(
        self,
        plan: TracePlan,
        clients: Mapping[int, Client],
        load_page: LoadPage,
        load_stored: LoadStored,
        load_replies: LoadReplies,
        find_copies: FindCopies,
    ) -> None:
        super().__init__(plan.shard, clients)
        self._traces = plan
        self._load_page, self._load_stored = load_page, load_stored
        self._load_replies, self._find_copies = load_replies, find_copies

    async def run(self, writer: SampleWriter) -> bool:
        """Work until nothing is pending, the run stops running, or the budget is spent."""
        self._verifier = TraceVerifier(writer, self._traces, self._find_copies)
        self._judges = TraceJudges(self._gated_judges(), self._traces.shard.guided, writer)
        return await super().run(writer)

    def _gated_judges(self) -> list[GatedJudge]:
        lanes = [self._lanes[judge.endpoint_id] for judge in self._traces.judges]
        return [GatedJudge(lane, LaneGate(lane, self._dispatcher)) for lane in lanes]

    async def _work(self) -> None:
        await self._take(pages(lambda after: self._load_page(after, PAGE)))
        await self._settled()

    def _open(self, pending: PendingTraces) -> None:
        seed = TracedSeed(pending)
        self._seeds[pending.seed.revision_id] = seed
        if isinstance(seed.key, NoKey):
            self._writer.failed(pending.seed.revision_id, seed.key.reason)
        else:
            self._start(self._begin(seed))
        self._pump()

    async def _begin(self, seed: TracedSeed) -> None:
        """Verify what is stored of a seed, then ask for what it lacks."""
        if (tests := seed.seed.tests) is not None:
            if (problem := await self._tests.problem(tests)) is not None:
                self._writer.failed(seed.seed.revision_id, problem)
                return
            await self._tests.run(seed, seed.seed.untested)
        if seed.answers:
            stored = await asyncio.to_thread(self._load_stored, seed.seed)
            await self._verify(seed, stored)
        self._decide(seed)

    async def _received(self, request: Request, samples: Sequence[NewSample]) -> None:
        seed = request.seed
        assert isinstance(seed, TracedSeed)
        await self._verify(seed, samples)
        self._decide(seed)

    async def _verify(self, seed: TracedSeed, samples: Sequence[NewSample]) -> None:
        assert not isinstance(seed.key, NoKey)
        seed.unverified += len(samples)
        for sample in samples:
            verified = await self._verifier.verify(seed, seed.key, sample)
            if self._traces.judges and verified.row.reason is None:
                self._show_judges(seed, verified)
            else:
                self._verified(seed, verified.row)

    def _show_judges(self, seed: TracedSeed, verified: Verified) -> None:
        """Have a trace judged; one that says the same as another waits for what is said of that."""
        if verified.trace in seed.judging:
            seed.judging[verified.trace].append(verified)
        else:
            seed.judging[verified.trace] = []
            # A task of its own, so that each waits for room by itself.
            self._start(self._judge(seed, verified))

    async def _judge(self, seed: TracedSeed, verified: Verified) -> None:
        if seed.replies is None:
            stored = await asyncio.to_thread(self._load_replies, seed.seed.revision_id)
            seed.replies = seed.replies or stored
        row = await self._judges.judged(seed.seed.prompt, verified, seed.replies)
        self._verified(seed, row)
        for same in seed.judging.pop(verified.trace):
            self._show_judges(seed, same)
        self._halt_without_judges()
        self._decide(seed)

    def _verified(self, seed: TracedSeed, row: NewTrace | None) -> None:
        """Store a trace that is done; one whose judge may not be asked now is done later."""
        if row is None:
            seed.has_to_wait = True
        else:
            self._writer.trace(row)
        seed.unverified -= 1

    def _halt_without_judges(self) -> None:
        """Pause the run where a judge is down: else all that is paid for would be unjudged."""
        for judge in self._traces.judges:
            if self._lanes[judge.endpoint_id].failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
                self._halt(f"the judge {judge.name} does not answer")

    def _decide(self, seed: TracedSeed) -> None:
        """Once nothing of a seed is on its way: ask for what it lacks, or end it."""
        if not seed.open and not seed.unverified:
            teacher = self._traces.teacher
            wanted = {teacher.endpoint_id: teacher.samples}
            if seed.has_to_wait:
                self._let_go(seed)
            elif calls := next_calls(seed.state, wanted):
                self._add(seed, calls)
            else:
                self._finish(seed)
        self._pump()

    def _finish(self, seed: TracedSeed) -> None:
        if seed.failed:
            self._writer.failed(seed.seed.revision_id, "; ".join(sorted({*seed.failed.values()})))
        else:
            self._writer.complete(seed.seed.revision_id, calibrates=False)

"""Asks a teacher for the traces of a shard's seeds, and verifies each as it comes.

A seed is asked for as many traces as it lacks; those that are stored already are verified without a
call. A seed that no answer can be held against is not asked about at all.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from backend.runs.pending import PendingSeed
from backend.runs.trace_plan import PendingTraces, TracePlan
from backend.science.stopping import next_calls
from backend.scoring.reference_keys import NoKey
from backend.scoring.samples import NewSample
from workers.clients import Client
from workers.lanes import Request
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter
from workers.shard_engine import PAGE, ShardEngine, pages
from workers.trace_verifier import FindCopies, TraceVerifier

LoadPage = Callable[[PendingTraces | None, int], list[PendingTraces]]
LoadStored = Callable[[PendingSeed], Sequence[NewSample]]


class TracedSeed(OpenSeed):
    """A seed while its traces come in.

    Attributes:
        key: what they are verified against.
        unverified: how many have come and are not verified yet.
    """

    def __init__(self, pending: PendingTraces) -> None:
        super().__init__(pending.seed)
        self.key = pending.key
        self.unverified = 0


class TraceEngine(ShardEngine[PendingTraces]):
    """The work of one job of a run for traces.

    Args:
        plan: the shard.
        clients: the teacher's client, by its number.
        load_page: (after, limit) -> the next pending seeds; runs in a thread.
        load_stored: what is stored of a seed's traces and is not verified; runs in a thread.
        find_copies: what of a text stands in benchmarks; runs in a thread.
    """

    def __init__(
        self,
        plan: TracePlan,
        clients: Mapping[int, Client],
        load_page: LoadPage,
        load_stored: LoadStored,
        find_copies: FindCopies,
    ) -> None:
        super().__init__(plan.shard, clients)
        self._teacher, self._rules = plan.teacher, plan.rules
        self._load_page, self._load_stored = load_page, load_stored
        self._find_copies = find_copies

    async def run(self, writer: SampleWriter) -> bool:
        """Work until nothing is pending, the run stops running, or the budget is spent."""
        self._verifier = TraceVerifier(writer, self._rules, self._find_copies)
        return await super().run(writer)

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
            await self._verifier.verify(seed, seed.key, sample)
            seed.unverified -= 1

    def _decide(self, seed: TracedSeed) -> None:
        """Once nothing of a seed is on its way: ask for what it lacks, or end it."""
        if not seed.open and not seed.unverified:
            wanted = {self._teacher.endpoint_id: self._teacher.samples}
            if calls := next_calls(seed.state, wanted):
                self._add(seed, calls)
            else:
                self._finish(seed)
        self._pump()

    def _finish(self, seed: TracedSeed) -> None:
        if seed.failed:
            self._writer.failed(seed.seed.revision_id, "; ".join(sorted({*seed.failed.values()})))
        else:
            self._writer.complete(seed.seed.revision_id, calibrates=False)

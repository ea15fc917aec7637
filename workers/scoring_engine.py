"""Scores the seeds of a shard.

What a seed needs next is a pure decision of the run's sampling rule, taken again whenever all that
it asked for has come in.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial

from backend.endpoints.tables import Endpoint
from backend.runs.pending import PHASES, PendingSeed, Phase
from backend.runs.plan import RunStatus, ShardPlan, sampling_rule
from backend.runs.shard_recorder import Batch
from backend.science.calibration import Calibration
from backend.science.stopping import lacking, next_calls
from backend.scoring.code_tests import SeedTests
from backend.scoring.line_up import LineUpEntry, plan_of, reference_of
from backend.scoring.samples import NewSample
from workers.clients import Client
from workers.comparer import Comparer
from workers.dispatch import LaneGate
from workers.equivalence_judge import EquivalenceJudge
from workers.follows_judge import FollowsJudges, LoadReplies
from workers.judge_calls import JudgeCalls
from workers.lanes import Lane, Request
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter
from workers.shard_engine import PAGE, ShardEngine, pages

LoadPage = Callable[[Phase, PendingSeed | None, int], list[PendingSeed]]


class ScoringEngine(ShardEngine[PendingSeed]):
    """One scoring job's work.

    Args:
        plan: the shard.
        clients: a client for each endpoint of the line-up.
        load_page: (phase, after, limit) -> the next pending seeds; runs in a thread.
        load_replies: (judge, revision) -> its replies that are stored; runs in a thread.
        calibration: what gold seeds have told by now.
    """

    def __init__(
        self,
        plan: ShardPlan,
        clients: Mapping[int, Client],
        load_page: LoadPage,
        load_replies: LoadReplies,
        calibration: Callable[[], Calibration],
    ) -> None:
        super().__init__(plan, clients)
        self._planned = plan_of(plan.line_up)
        reference = reference_of(plan.line_up)
        self._reference = None if reference is None else reference.endpoint_id
        # A second reference confirms the key of each rewrite, not only of those in doubt.
        self._confirming = {
            entry.endpoint: entry.samples
            for entry in self._planned
            if entry.role == "second_reference"
        }
        self._load_page = load_page
        self._load_replies = load_replies
        self._newest_calibration = calibration
        self._calibration = calibration()
        self._rule = sampling_rule(plan, self._calibration)

    async def run(self, writer: SampleWriter) -> bool:
        """Score until nothing is pending, the run stops running, or the budget is spent."""
        judges = [lane for lane in self._lanes.values() if lane.entry.role == "judge"]
        self._comparer = self._comparing(writer, judges)
        self._follows = FollowsJudges(
            [JudgeCalls(*self._seat(lane, writer)) for lane in judges],
            self._reference,
            self._load_replies,
        )
        return await super().run(writer)

    async def _work(self) -> None:
        for phase in PHASES:
            await self._take(self._pending(phase))
            if phase != "gold":  # what waits is ranked once everything has its first answers
                await self._settled()

    def _pending(self, phase: Phase) -> AsyncIterator[PendingSeed]:
        return pages(lambda after: self._load_page(phase, after, PAGE))

    def _on_commit(self, batch: Batch, status: RunStatus) -> None:
        calibration = self._newest_calibration()
        if calibration is not self._calibration:
            self._calibration = calibration
            self._rule = sampling_rule(self._plan, calibration)
        super()._on_commit(batch, status)

    def _comparing(self, writer: SampleWriter, judges: Sequence[Lane]) -> Comparer:
        """The first judge also compares answers in free words."""
        if not judges:
            return Comparer(writer, None, lambda revision_id: {})
        judge = EquivalenceJudge(*self._seat(judges[0], writer))
        return Comparer(writer, judge, partial(self._load_replies, judges[0].entry))

    def _seat(
        self, lane: Lane, writer: SampleWriter
    ) -> tuple[Client, LineUpEntry, Endpoint, SampleWriter, LaneGate]:
        """What a part needs that makes its own calls to an endpoint."""
        gate = LaneGate(lane, self._dispatcher)
        return lane.client, lane.entry, lane.endpoint, writer, gate

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

    async def _received(self, request: Request, samples: Sequence[NewSample]) -> None:
        await self._advance(request.seed)

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
        if not calls and seed.seed.rewrite is not None:
            calls = next_calls(seed.state, self._confirming)
        if not calls:
            self._finish(seed)
        elif wanted.can_wait and self._plan.ranks and seed.seed.worth is None:
            self._writer.waiting(seed.seed.revision_id, wanted.worth)
        else:
            self._add(seed, calls)

    def _finish(self, seed: OpenSeed) -> None:
        revision_id = seed.seed.revision_id
        if missing := lacking(seed.state, self._planned, seed.said.given is not None):
            reasons = {reason for call, reason in seed.failed.items() if call.endpoint in missing}
            self._writer.failed(revision_id, "; ".join(sorted(reasons)))
        elif seed.seed.rewrite is not None:
            self._start(self._finish_rewrite(seed))
        else:
            self._writer.complete(revision_id, calibrates=seed.seed.calibrates)

    async def _finish_rewrite(self, seed: OpenSeed) -> None:
        """A rewrite is complete once judges have said whether its answer follows."""
        if await self._follows.ask(seed):
            self._writer.complete(seed.seed.revision_id, calibrates=False)
        else:
            self._let_go(seed)
        self._pump()

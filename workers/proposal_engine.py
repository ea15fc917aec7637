"""Asks a model for proposals about a shard's seeds; what they are is read where they are stored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from backend.runs.pending import PendingSeed
from backend.runs.plan import ShardPlan
from backend.runs.proposal_plan import AskedQuestion, PendingProposals
from backend.science.stopping import next_calls
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample
from workers.clients import Client
from workers.lanes import Request
from workers.open_seed import OpenSeed
from workers.questions import Question
from workers.shard_engine import PAGE, ShardEngine, pages

LoadPage = Callable[[PendingProposals | None, int], list[PendingProposals]]


class AskingPlan(Protocol):
    """A run's part for one job that asks one model one question about each seed."""

    @property
    def shard(self) -> ShardPlan:
        """The shard; its line-up is the model alone."""

    @property
    def proposer(self) -> LineUpEntry:
        """Who is asked, and for how many replies about a seed."""

    def question(self, seed: PendingSeed) -> AskedQuestion:
        """What is asked about a seed."""


class ProposalEngine(ShardEngine[PendingProposals]):
    """The work of one job of a run for proposals, or for domains.

    Args:
        plan: the shard.
        clients: the proposer's client, by its number.
        load_page: (after, limit) -> the next pending seeds; runs in a thread.
    """

    def __init__(
        self, plan: AskingPlan, clients: Mapping[int, Client], load_page: LoadPage
    ) -> None:
        super().__init__(plan.shard, clients)
        self._proposals, self._load_page = plan, load_page

    async def _work(self) -> None:
        await self._take(pages(lambda after: self._load_page(after, PAGE)))
        await self._settled()

    def _question(self, entry: LineUpEntry, seed: PendingSeed) -> Question:
        return Question(*self._proposals.question(seed))

    def _open(self, pending: PendingProposals) -> None:
        seed = OpenSeed(pending.seed)
        self._seeds[pending.seed.revision_id] = seed
        if pending.refusal is not None:
            self._writer.failed(pending.seed.revision_id, pending.refusal)
        else:
            self._decide(seed)
        self._pump()

    async def _received(self, request: Request, samples: Sequence[NewSample]) -> None:
        self._decide(request.seed)
        self._pump()

    def _decide(self, seed: OpenSeed) -> None:
        """Once nothing of a seed is on its way: ask for what it lacks, or end it."""
        if seed.open:
            return
        proposer = self._proposals.proposer
        if calls := next_calls(seed.state, {proposer.endpoint_id: proposer.samples}):
            self._add(seed, calls)
        elif seed.failed:
            self._writer.failed(seed.seed.revision_id, "; ".join(sorted({*seed.failed.values()})))
        else:
            self._writer.complete(seed.seed.revision_id, calibrates=False)

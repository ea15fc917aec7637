"""Asks a model for proposals about a shard's seeds; what they are is read where they are stored."""

from collections.abc import Callable, Mapping, Sequence

from backend.runs.pending import PendingSeed
from backend.runs.proposal_plan import PendingProposals, ProposalPlan
from backend.science.proposal_replies import proposal_schema
from backend.science.stopping import next_calls
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample
from workers.clients import Client
from workers.lanes import Request
from workers.open_seed import OpenSeed
from workers.questions import Question
from workers.shard_engine import PAGE, ShardEngine, pages

LoadPage = Callable[[PendingProposals | None, int], list[PendingProposals]]


class ProposalEngine(ShardEngine[PendingProposals]):
    """The work of one job of a run for proposals.

    Args:
        plan: the shard.
        clients: the proposer's client, by its number.
        load_page: (after, limit) -> the next pending seeds; runs in a thread.
    """

    def __init__(
        self, plan: ProposalPlan, clients: Mapping[int, Client], load_page: LoadPage
    ) -> None:
        super().__init__(plan.shard, clients)
        self._proposals, self._load_page = plan, load_page

    async def _work(self) -> None:
        await self._take(pages(lambda after: self._load_page(after, PAGE)))
        await self._settled()

    def _question(self, entry: LineUpEntry, seed: PendingSeed) -> Question:
        plan = self._proposals
        messages = plan.template.messages(seed.prompt, seed.given_answer, plan.note)
        return Question(messages, proposal_schema())

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

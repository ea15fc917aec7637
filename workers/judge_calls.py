"""A judge's own calls about a seed: within the run's budget, stored when they arrive, paid once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.scoring.equivalences import Identity
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample, Spent
from workers.budget import Bound
from workers.clients import Client
from workers.replies import CallFailed, Reply

Messages = Sequence[Mapping[str, str]]


class BudgetGate(Protocol):
    """Lets calls start while the run may go on."""

    async def enter(self, bound: Bound) -> bool:
        """Wait for room for one call; False where the run's state or budget forbids it."""

    def leave(self, bound: Bound, spent: Spent) -> None:
        """The call is over, and cost this instead of its bound."""


class SampleStore(Protocol):
    """Takes what is to be stored; never blocks."""

    def sample(self, sample: NewSample) -> None:
        """Store a reply."""

    def lost(self, endpoint_id: int, calls: int) -> None:
        """Count calls that brought nothing."""


class JudgeStopped(Exception):
    """A call was not made, or failed: then `failure` says why."""

    def __init__(self, failure: str | None) -> None:
        super().__init__(failure)
        self.failure = failure


class JudgeQuestion(NamedTuple):
    """What is asked: `hash` stands for the question and all that it is about."""

    revision_id: int
    hash: str
    sample_index: int
    messages: list[dict[str, str]]
    json_schema: Mapping[str, Any]


class JudgeCalls:
    """One judge of a run's line-up; used from one event loop.

    Args:
        client: of the judge's endpoint.
        entry: the judge in the line-up.
        endpoint: its row, for prices.
        writer: stores replies when they arrive, and counts calls that failed.
        gate: the run's budget.
    """

    def __init__(
        self,
        client: Client,
        entry: LineUpEntry,
        endpoint: Endpoint,
        writer: SampleStore,
        gate: BudgetGate,
    ) -> None:
        self.entry = entry
        self._client, self._endpoint = client, endpoint
        self._writer, self._gate = writer, gate

    async def ask(self, asked: JudgeQuestion) -> str:
        """The judge's reply, which is stored.

        Raises:
            JudgeStopped: the run may not go on now, or the call failed.
        """
        bound = self._bound(asked.messages)
        if not await self._gate.enter(bound):
            raise JudgeStopped(None)
        spent = Spent(0, 0, Decimal(0))
        try:
            [reply] = await self._client.ask(asked.messages, json_schema=asked.json_schema)
            sample = self._sample(asked, reply)
            self._writer.sample(sample)
            spent = Spent(1, reply.prompt_tokens + reply.completion_tokens, sample.cost)
        except CallFailed as failure:
            self._writer.lost(self.entry.endpoint_id, 1)
            raise JudgeStopped(f"{self.entry.name}: {failure}") from None
        finally:
            self._gate.leave(bound, spent)
        return reply.text

    def identity(self, revision_id: int, question_hash: str, sample_index: int) -> Identity:
        """What the reply to a question is stored under."""
        return (
            revision_id, self.entry.endpoint_id, question_hash, self.entry.settings_hash,
            sample_index, self.entry.sampling.max_tokens,
        )  # fmt: skip

    def _bound(self, messages: Messages) -> Bound:
        most = self._client.estimated_tokens(messages)
        completion = self.entry.sampling.max_tokens
        return Bound(1, most, cost(self._endpoint, most - completion, completion))

    def _sample(self, asked: JudgeQuestion, reply: Reply) -> NewSample:
        return NewSample(
            *self.identity(asked.revision_id, asked.hash, asked.sample_index),
            response=reply.text,
            reasoning=reply.reasoning,
            finish_reason=reply.finish_reason,
            answer=None,
            answer_key=None,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost=cost(self._endpoint, reply.prompt_tokens, reply.completion_tokens),
            latency_ms=reply.latency_ms,
            reasoning_tokens=reply.reasoning_tokens,
        )

"""Asks judges about traces that no rule rejects; each reply is a stored sample, paid once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from backend.database import Json
from backend.endpoints.settings import cost
from backend.science import trace_judging as science
from backend.science.guided_questions import GuidedQuestion
from backend.science.judged_traces import NamedJudgment, outcome, score
from backend.science.trace_judging import TraceJudgment
from backend.scoring.samples import NewSample, Spent
from backend.traces.storing import NewTrace
from workers.budget import Bound
from workers.lanes import Lane
from workers.replies import CallFailed, Reply
from workers.sample_writer import SampleWriter
from workers.trace_verifier import Verified, stored_evidence

# What is known of one revision, by endpoint: by question and sample index.
Replies = dict[int, dict[tuple[str, int], str]]


class Gate(Protocol):
    """Lets calls start while the run may go on."""

    async def enter(self, bound: Bound) -> bool:
        """Wait for room for one call; False where the run's state or budget forbids it."""

    def leave(self, bound: Bound, spent: Spent) -> None:
        """The call is over, and cost this instead of its bound."""


class GatedJudge(NamedTuple):
    """A judge of the line-up, and what lets its calls start."""

    lane: Lane
    gate: Gate


class TraceJudges:
    """The judges of one job; used from one event loop.

    Args:
        judges: in the order of the line-up; there may be none.
        guided: how the teacher is asked under a guideline.
        writer: stores replies when they arrive, and counts calls that failed.
    """

    def __init__(
        self, judges: Sequence[GatedJudge], guided: GuidedQuestion | None, writer: SampleWriter
    ) -> None:
        self._judges, self._writer = judges, writer
        self._guideline = guided and guided.guideline

    async def judged(self, prompt: str, verified: Verified, replies: Replies) -> NewTrace | None:
        """The trace with what judges say of it; None where one may not be asked now.

        What is known of `replies` is not asked again, and what comes is added.
        A judge that fails for good is a judgment that says so: it is unknown.
        """
        said: list[NamedJudgment] = []
        for judge in self._judges:
            found = await self._said(judge, prompt, verified, replies)
            if found is None:
                return None
            said.append(NamedJudgment(judge.lane.entry.name, found))
        row = verified.row._replace(
            judge_score=score(said), judgments=[_as_json(judgment) for judgment in said]
        )
        if self._guideline is None:
            return row
        result = outcome(said)
        if isinstance(result, str):
            return row._replace(state=result)
        return row._replace(reason=result.reason, evidence=stored_evidence(result.evidence))

    async def _said(
        self, judge: GatedJudge, prompt: str, verified: Verified, replies: Replies
    ) -> TraceJudgment | None:
        guided = self._guideline is not None
        asked = science.question_hash(verified.trace, self._guideline)
        known = replies.setdefault(judge.lane.entry.endpoint_id, {})
        if (asked, 0) not in known:
            try:
                reply = await self._reply(judge, prompt, verified, asked)
            except CallFailed as failure:
                return science.unjudged(f"it could not be asked: {failure}", guided=guided)
            if reply is None:
                return None
            known[asked, 0] = reply
        return science.parse_reply(known[asked, 0], verified.trace, guided=guided)

    async def _reply(
        self, judge: GatedJudge, prompt: str, verified: Verified, asked: str
    ) -> str | None:
        lane, guided = judge.lane, self._guideline is not None
        messages = science.messages(prompt, verified.trace, self._guideline)
        bound = lane.bound(messages, 1)
        if not await judge.gate.enter(bound):
            return None
        spent = Spent(0, 0, Decimal(0))
        try:
            schema = science.json_schema(guided=guided)
            [reply] = await lane.client.ask(messages, json_schema=schema)
            sample = _sample(lane, verified.row.revision_id, asked, reply)
            self._writer.sample(sample)
            spent = Spent(1, reply.prompt_tokens + reply.completion_tokens, sample.cost)
            lane.failures_in_a_row = 0
        except CallFailed as failure:
            self._writer.lost(lane.entry.endpoint_id, 1)
            lane.failures_in_a_row += not failure.about_prompt
            raise
        finally:
            judge.gate.leave(bound, spent)
        return reply.text


def _sample(lane: Lane, revision_id: int, asked: str, reply: Reply) -> NewSample:
    entry = lane.entry
    return NewSample(
        revision_id=revision_id,
        endpoint_id=entry.endpoint_id,
        template_hash=asked,
        settings_hash=entry.settings_hash,
        sample_index=0,
        max_tokens=entry.sampling.max_tokens,
        response=reply.text,
        reasoning=reply.reasoning,
        finish_reason=reply.finish_reason,
        answer=None,
        answer_key=None,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        cost=cost(lane.endpoint, reply.prompt_tokens, reply.completion_tokens),
        latency_ms=reply.latency_ms,
        reasoning_tokens=reply.reasoning_tokens,
    )


def _as_json(judgment: NamedJudgment) -> Json:
    said = judgment.said
    return {
        "judge": judgment.judge,
        "score": said.score,
        "levels": dict(said.levels),
        "follows": said.follows,
        "reveals": said.reveals,
        "passages": [passage._asdict() for passage in said.passages],
        "reason": said.reason,
    }

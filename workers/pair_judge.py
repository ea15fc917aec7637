"""Asks a judge about pairs of seed and item: each is paid once, and stored when it comes."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination.asking import StageFailed, endpoint_in_use, sole_asker
from backend.decontamination.judgments import (
    NewJudgment,
    TextPair,
    known_judgments,
    store_judgment,
)
from backend.endpoints.settings import cost, sampling_of
from backend.jobs.service import ClaimedJob
from backend.science.judged_pairs import Judgment, json_schema, messages, parse_reply
from backend.scoring.days import days_left
from backend.scoring.line_up import CUT_OFF
from backend.scoring.spend import Use
from workers.budget import Bound
from workers.clients import Client, client_for
from workers.endpoint_config import endpoint_config
from workers.replies import CallFailed, Reply
from workers.stage_calls import StageCalls


class PairTexts(NamedTuple):
    """What a judge is shown; of what it says of a gated item only the verdict is kept."""

    seed: str
    item: str
    gated: bool


def judge(job: ClaimedJob, endpoint_id: int, pairs: Mapping[TextPair, PairTexts]) -> None:
    """Have pairs judged; those that have a judgment are not sent.

    Raises:
        StageFailed: the endpoint is away, or its day is over; what has come is stored.
        LeaseLost: another attempt has the job.
    """
    with sole_asker(endpoint_id):
        with session_scope() as session:
            endpoint = endpoint_in_use(session, endpoint_id)
            left = days_left(session, [endpoint_id])
            known = known_judgments(session, endpoint, pairs)
        missing = {pair: texts for pair, texts in pairs.items() if pair not in known}
        asyncio.run(_judge_all(StageCalls(job, endpoint, left), missing))


async def _judge_all(calls: StageCalls, pairs: Mapping[TextPair, PairTexts]) -> None:
    async with client_for(endpoint_config(calls.endpoint)) as client:
        asker = _PairJudge(calls, client)
        await calls.run(partial(asker.judge, *pair) for pair in pairs.items())


class _PairJudge:
    def __init__(self, calls: StageCalls, client: Client) -> None:
        self._calls, self._client = calls, client
        self._limit = sampling_of(calls.endpoint).max_tokens

    async def judge(self, pair: TextPair, texts: PairTexts) -> None:
        asked = messages(texts.seed, texts.item)
        most = self._client.estimated_tokens(asked)
        price = cost(self._calls.endpoint, most - self._limit, self._limit)
        try:
            await self._calls.paid(
                Bound(1, most, price),
                lambda: self._client.ask(asked, json_schema=json_schema()),
                partial(self._store, pair, texts),
            )
        except CallFailed as failure:
            if not failure.about_prompt:
                raise StageFailed(f"{self._calls.endpoint.name}: {failure}") from None
            self._calls.stored(partial(self._store_refused, pair), failure)

    def _store(
        self, pair: TextPair, texts: PairTexts, session: Session, replies: Sequence[Reply]
    ) -> Use:
        [reply] = replies
        endpoint, cut_off = self._calls.endpoint, reply.finish_reason == CUT_OFF
        price = cost(endpoint, reply.prompt_tokens, reply.completion_tokens)
        store_judgment(
            session,
            endpoint.id,
            NewJudgment(
                pair, _kept(parse_reply(reply.text, reply.finish_reason), texts),
                self._limit if cut_off else None, reply.prompt_tokens, reply.completion_tokens,
                price,
            ),
        )  # fmt: skip
        return Use(
            endpoint.id, reply.prompt_tokens, reply.completion_tokens, reply.reasoning_tokens or 0,
            price, cut_off,
        )  # fmt: skip

    def _store_refused(self, pair: TextPair, session: Session, failure: CallFailed) -> None:
        judgment = Judgment("unknown", f"the server refuses the pair: {failure.code}")
        new = NewJudgment(pair, judgment, None, 0, 0, cost(self._calls.endpoint, 0, 0))
        store_judgment(session, self._calls.endpoint.id, new)


def _kept(judgment: Judgment, texts: PairTexts) -> Judgment:
    return judgment._replace(reason=None) if texts.gated else judgment

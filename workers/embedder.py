"""Has texts embedded that are not yet: each is paid once, and stored when its vector comes."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from backend.config import settings
from backend.database import session_scope
from backend.decontamination.asking import StageFailed, endpoint_in_use, sole_asker
from backend.decontamination.embeddings import (
    NewEmbedding,
    store_embeddings,
    without_embedding,
)
from backend.endpoints.settings import cost
from backend.jobs.service import ClaimedJob
from backend.row_sets import parts
from backend.science.embeddings import packed
from backend.scoring.days import days_left
from backend.scoring.spend import Use
from workers.budget import Bound
from workers.clients import embedder_for
from workers.embedding_protocol import Embedded, tokens_of
from workers.endpoint_config import endpoint_config
from workers.model_client import ModelClient
from workers.replies import CallFailed
from workers.stage_calls import StageCalls

_TOO_LONG: Final = ("context_length", "request_too_large")
_LEAST_CHARACTERS: Final = 200


class _Text(NamedTuple):
    hash: bytes
    sent: str


def embed(job: ClaimedJob, endpoint_id: int, texts: Mapping[bytes, str]) -> None:
    """Have texts embedded, given by their hashes; those that have a vector are not sent.

    A text that is too long for the model is known by its beginning. One that the server refuses
    all the same has no vector, and is not sent again.

    Raises:
        StageFailed: the endpoint is away, or its day is over; what has come is stored.
        LeaseLost: another attempt has the job.
    """
    texts = {key: text for key, text in texts.items() if text.strip()}
    with session_scope() as session:
        if not without_embedding(session, endpoint_id, texts):
            return
    with sole_asker(endpoint_id):
        with session_scope() as session:
            endpoint = endpoint_in_use(session, endpoint_id)
            left = days_left(session, [endpoint_id])
            missing = without_embedding(session, endpoint_id, texts)
        asyncio.run(_embed_all(StageCalls(job, endpoint, left), missing))


async def _embed_all(calls: StageCalls, texts: Mapping[bytes, str]) -> None:
    requests = parts([_Text(*text) for text in texts.items()], settings().embedding_inputs)
    async with embedder_for(endpoint_config(calls.endpoint)) as client:
        embedder = _Embedder(calls, client)
        await calls.run(partial(embedder.embed, request) for request in requests)


class _Embedder:
    def __init__(self, calls: StageCalls, client: ModelClient) -> None:
        self._calls, self._client = calls, client

    async def embed(self, texts: Sequence[_Text]) -> None:
        sent = [text.sent for text in texts]
        tokens = tokens_of(sent)
        bound = Bound(1, tokens, cost(self._calls.endpoint, tokens, 0))
        try:
            await self._calls.paid(
                bound, lambda: self._client.embed(sent), partial(self._store, texts)
            )
        except CallFailed as failure:
            if not failure.about_prompt:
                raise StageFailed(f"{self._calls.endpoint.name}: {failure}") from None
            await self._without_refused(texts, failure)

    async def _without_refused(self, texts: Sequence[_Text], failure: CallFailed) -> None:
        """Find the text that the server refuses among others, and say less of it."""
        middle = len(texts) // 2
        if middle:
            await self.embed(texts[:middle])
            await self.embed(texts[middle:])
            return
        [text] = texts
        if failure.code in _TOO_LONG and len(text.sent) > _LEAST_CHARACTERS:
            await self.embed([text._replace(sent=text.sent[: len(text.sent) // 2])])
            return
        refused = NewEmbedding(text.hash, None, str(failure))
        self._calls.stored(self._store_refused, refused)

    def _store(self, texts: Sequence[_Text], session: Session, embedded: Embedded) -> Use:
        endpoint = self._calls.endpoint
        rows = [
            NewEmbedding(text.hash, packed(vector), None)
            for text, vector in zip(texts, embedded.vectors, strict=True)
        ]
        store_embeddings(session, endpoint.id, rows)
        price = cost(endpoint, embedded.prompt_tokens, 0)
        return Use(endpoint.id, embedded.prompt_tokens, 0, 0, price, False)

    def _store_refused(self, session: Session, refused: NewEmbedding) -> None:
        store_embeddings(session, self._calls.endpoint.id, [refused])

"""Calls to OpenAI-compatible servers: limits, retries, several samples a request, token counts.

    async with ModelClient(endpoint_config(endpoint)) as client:
        replies = await client.ask([{"role": "user", "content": "What is 6 * 7?"}], n=8)

A call keeps its place in flight while it waits to try again, so that a server which refuses
everything is left in peace. A reply without a word that claims to be complete is asked again at
once; if it stays so through all attempts, it is the model's own answer. The tokens of replies that
were asked again are not counted.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from functools import lru_cache
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx2
import orjson
from openai import AsyncOpenAI, DefaultAioHttpClient

from workers.chat_protocol import (
    CHAT,
    Messages,
    Question,
    asking,
    refused_feature,
)
from workers.complaints import complaint_of
from workers.embedding_protocol import EMBEDDINGS, Embedded, embedding
from workers.endpoint_config import EndpointConfig, endpoint_config, memory_of
from workers.exchanges import Answer, Exchange, NotAnAnswer
from workers.keys import key_in, without_key
from workers.limits import Clock, InFlight, Pacer, Sleep
from workers.refusals import is_about_prompt, refusal
from workers.replies import CallFailed, Reply, call_failed
from workers.retries import ATTEMPTS, AttemptFailed, backoff, gives_up
from workers.token_count import estimated_prompt_tokens

__all__ = ["CallFailed", "EndpointConfig", "ModelClient", "Reply", "endpoint_config"]

CONNECT_SECONDS = 10.0
# Below uvicorn's 5 s (vLLM): a connection that the server is about to close is not used again.
KEEPALIVE_SECONDS = 4.0

# One line a request says nothing: jobs have their own.
logging.getLogger("httpx2").setLevel(logging.WARNING)


@lru_cache
def _trusted_certificates() -> SSLContext:
    # Loading them takes 30 ms, and clients come and go with jobs.
    return httpx2.create_ssl_context()


class _FeatureRefused(AttemptFailed):
    """The server refuses an optional part of the request, and is asked without it from now on."""


class ModelClient:
    """Asks one endpoint, within its limits, from one event loop."""

    def __init__(
        self,
        config: EndpointConfig,
        *,
        attempts: int = ATTEMPTS,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.config = config
        self._attempts = attempts
        self._sleep = sleep
        self._memory = memory_of(config)
        self._in_flight = InFlight(self._memory.limit)
        self._pacer = Pacer(self._memory.requests, self._memory.tokens, clock, sleep)
        self._http = DefaultAioHttpClient(
            verify=_trusted_certificates(),
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(
                max_connections=config.max_in_flight, keepalive_expiry=KEEPALIVE_SECONDS
            ),
            follow_redirects=False,
        )
        self._openai = AsyncOpenAI(
            api_key="none", base_url=config.base_url, max_retries=0, http_client=self._http
        )
        self._urls = {
            path: httpx2.URL(f"{self._openai.base_url}{path}") for path in (CHAT, EMBEDDINGS)
        }
        self._headers = _headers(self._openai)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._openai.close()

    @property
    def samples_per_call(self) -> int:
        """How many samples one request brings.

        More than one only where the endpoint allows it, the server takes it, and they can differ:
        vLLM refuses `n > 1` at temperature 0.
        """
        greedy = self.config.sampling.temperature == 0
        return 1 if greedy or "n" in self._memory.refused else self.config.samples_per_request

    def estimated_tokens(self, messages: Messages, max_tokens: int | None = None) -> int:
        """About the most that one sample can take: the prompt, and as much as it may say."""
        limit = max_tokens or self.config.sampling.max_tokens
        return estimated_prompt_tokens(messages) + limit

    async def ask(
        self,
        messages: Messages,
        *,
        n: int = 1,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> list[Reply]:
        """`n` samples, in as few requests as the server allows; those run beside each other.

        Args:
            messages: of the chat.
            n: how many samples.
            json_schema: asks for JSON of this form, where the server can; the reply is not checked.
            max_tokens: in place of the endpoint's own.

        Raises:
            CallFailed: after all retries; it holds the replies that did arrive.
        """
        question = Question(messages, max_tokens or self.config.sampling.max_tokens, json_schema)
        replies: list[Reply] = []
        while (missing := n - len(replies)) > 0:  # a server may bring fewer than asked for
            size = self.samples_per_call
            results = await _outcomes(
                [
                    self._request(question, min(size, missing - start))
                    for start in range(0, missing, size)
                ]
            )
            for result in results:
                if isinstance(result, list):
                    replies += result
            _raise_first(results, replies)
        return replies

    async def _request(self, question: Question, n: int) -> list[Reply]:
        """At least one and at most `n` samples, by one request that may be tried several times."""
        failures: Counter[str] = Counter()
        async with self._in_flight:
            while True:
                try:
                    replies = await self._attempt(self._asking(question, n))
                except _FeatureRefused:
                    continue
                except AttemptFailed as failure:
                    failures[failure.code] += 1
                    if gives_up(failure, failures, self._attempts):
                        raise
                    await self._sleep(backoff(failure, failures.total()))
                else:
                    failures["empty"] += 1
                    if failures.total() >= self._attempts or not all(map(_is_silent, replies)):
                        return replies

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """The vectors of texts, by one request that may be tried several times.

        Raises:
            CallFailed: after all retries.
        """
        failures: Counter[str] = Counter()
        async with self._in_flight:
            while True:
                try:
                    return await self._attempt(embedding(self.config.model, texts))
                except AttemptFailed as failure:
                    failures[failure.code] += 1
                    if gives_up(failure, failures, self._attempts):
                        raise call_failed(failure) from None
                    await self._sleep(backoff(failure, failures.total()))

    def _asking(self, question: Question, n: int) -> Exchange[list[Reply]]:
        config, refused = self.config, self._memory.refused
        most = min(n, self.samples_per_call)
        return asking(config.model, config.sampling, question, most, refused)

    async def _attempt(self, exchange: Exchange[Answer]) -> Answer:
        """One request: admitted, sent, and what it took settled."""
        prompt = exchange.prompt_tokens() if self._memory.tokens else 0
        charge = await self._pacer.admit(prompt + exchange.completion_tokens)
        try:
            answer = await self._send(exchange)
        except AttemptFailed as failure:
            self._memory.limit.record(congested=failure.congested)
            self._pacer.settle(charge, prompt)
            raise
        self._memory.limit.record(congested=False)
        self._pacer.settle(charge, exchange.taken(answer))
        return answer

    async def _send(self, exchange: Exchange[Answer]) -> Answer:
        key = key_in(self.config.key_variable)
        body = exchange.body()
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.config.timeout_seconds):
                response = await self._post(exchange.path, body, key)
            latency_ms = round((time.perf_counter() - started) * 1000)
            if not response.is_success:
                raise self._refusal(response, body, key)
            return exchange.read(response.content, latency_ms)
        except NotAnAnswer as error:
            raise AttemptFailed("garbage", without_key(key, str(error))) from None
        except TimeoutError:
            reason = f"no answer within {self.config.timeout_seconds:g} s"
            raise AttemptFailed("timeout", reason) from None
        except (httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
            raise AttemptFailed("connection", without_key(key, _root_cause(error))) from None

    async def _post(self, path: str, body: Mapping[str, Any], key: str | None) -> httpx2.Response:
        # By the client's connections but not by its `post`: what that does around a request takes
        # three times as long as the request.
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        request = httpx2.Request(
            "POST",
            self._urls[path],
            headers=self._headers | authorization,
            content=orjson.dumps(body),
        )
        return await self._http.send(request)

    def _refusal(
        self, response: httpx2.Response, body: Mapping[str, Any], key: str | None
    ) -> AttemptFailed:
        complaint, status = complaint_of(response.content), response.status_code
        feature = refused_feature(status, complaint, body)
        # A prompt that is too long is said to exceed max_completion_tokens, too.
        if feature is not None and not is_about_prompt(status, complaint):
            self._memory.refused.add(feature)
            return _FeatureRefused("refused", feature)
        shown = without_key(key, complaint.message)
        return refusal(status, response.headers, complaint, shown)


def _headers(client: AsyncOpenAI) -> dict[str, str]:
    """The client's own, but for those that tell of this machine; organisation and project stay."""
    return {
        name: value
        for name, value in client.default_headers.items()
        if isinstance(value, str) and not name.startswith("X-Stainless-")  # a mark: not sent
    }


async def _outcomes(requests: list[Coroutine[Any, Any, list[Reply]]]) -> list[Any]:
    """What each of them brings, or why it failed."""
    if len(requests) > 1:
        return list(await asyncio.gather(*requests, return_exceptions=True))
    try:
        return [await requests[0]]  # mostly it is one, and a task of its own costs time
    except AttemptFailed as failure:
        return [failure]


def _raise_first(results: list[Any], replies: list[Reply]) -> None:
    for result in results:
        if isinstance(result, AttemptFailed):
            raise call_failed(result, replies) from None
        if isinstance(result, BaseException):
            raise result


def _is_silent(reply: Reply) -> bool:
    said = reply.text or reply.reasoning
    return not said and reply.finish_reason not in ("length", "content_filter")


def _root_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"

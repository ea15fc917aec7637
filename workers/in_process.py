"""Samples of a model that this worker has loaded itself, with vLLM.

    async with InProcessClient(endpoint_config(endpoint)) as client:
        replies = await client.ask([{"role": "user", "content": "What is 6 * 7?"}], n=8)

The interface is that of `ModelClient`. Opening the client loads the model, unless this process has
it already. There is no server to spare: all requests go to the engine at once, which batches them
continuously, and the samples of one request share the computation of their prompt.
"""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from backend.endpoints.schemas import Sampling
from workers import loaded_models
from workers.chat_protocol import Messages, Question
from workers.endpoint_config import EndpointConfig
from workers.loaded_models import EngineDied, LoadedModel
from workers.replies import CallFailed, Reply
from workers.token_count import (
    divided,
    estimated_prompt_tokens,
    reasoning_tokens,
    thinking_in,
)

# An engine that dies is loaded again so often for one request: it may be the request that kills it.
RELOADS = 1


class InProcessClient:
    """Asks one loaded model, from one event loop.

    Args:
        config: an endpoint whose `model` is a folder, or a name on a hub.
        patience: seconds from opening after which all is given up; None waits for as long as the
            engine works. (An endpoint's own timeout is for servers, which may have gone.)
    """

    def __init__(self, config: EndpointConfig, *, patience: float | None = None) -> None:
        self.config = config
        self._patience = patience
        self._deadline: float | None = None
        self._model: LoadedModel | None = None
        self._reloading = asyncio.Lock()

    async def __aenter__(self) -> Self:
        if self._patience is not None:
            self._deadline = asyncio.get_running_loop().time() + self._patience
        self._model = await self._load()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._model is not None:
            loaded_models.release(self._model)
            self._model = None

    @property
    def samples_per_call(self) -> int:
        """How many samples one request brings; at temperature 0 they would all be the same."""
        return 1 if self.config.sampling.temperature == 0 else self.config.samples_per_request

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
        """`n` samples, in as few requests as `samples_per_call` allows.

        Args:
            messages: of the chat.
            n: how many samples.
            json_schema: the replies are held to JSON of this form.
            max_tokens: in place of the endpoint's own.

        Raises:
            CallFailed: it holds the replies that did arrive.
        """
        question = Question(messages, max_tokens or self.config.sampling.max_tokens, json_schema)
        size = self.samples_per_call
        results = await asyncio.gather(
            *(self._request(question, min(size, n - start)) for start in range(0, n, size)),
            return_exceptions=True,
        )
        replies = [reply for result in results if isinstance(result, list) for reply in result]
        for result in results:
            if isinstance(result, CallFailed):
                raise CallFailed(
                    result.code, result.message, retryable=result.retryable,
                    about_prompt=result.about_prompt, replies=replies,
                ) from result  # fmt: skip
            if isinstance(result, BaseException):
                raise result
        return replies

    async def _request(self, question: Question, n: int) -> list[Reply]:
        for _ in range(RELOADS):
            try:
                return await self._generate(question, n)
            except EngineDied:
                continue
        return await self._generate(question, n)

    async def _generate(self, question: Question, n: int) -> list[Reply]:
        model = await self._living_model()
        started = time.perf_counter()
        values = sampling_values(self.config.sampling, question.max_tokens, n)
        effort = self.config.sampling.reasoning_effort
        try:
            async with asyncio.timeout_at(self._deadline):
                output = await model.generate(
                    list(question.messages),
                    values,
                    question.json_schema,
                    {} if effort is None else {"reasoning_effort": effort},
                )
        except TimeoutError:
            reason = f"no answer within {self._patience:g} s"
            raise CallFailed("timeout", reason, retryable=True) from None
        return replies_of(output, round((time.perf_counter() - started) * 1000))

    async def _living_model(self) -> LoadedModel:
        """The model; loaded again where its engine has died."""
        async with self._reloading:
            assert self._model is not None, "the client is not open"
            if self._model.has_died:
                died, self._model = self._model, None
                loaded_models.release(died)
                self._model = await self._load()
            return self._model

    async def _load(self) -> LoadedModel:
        model = loaded_models.acquire(self.config.model)
        try:
            async with asyncio.timeout_at(self._deadline):
                await model.ready()
        except TimeoutError:
            loaded_models.release(model)
            reason = "the model is still being loaded: try again in a while"
            raise CallFailed("timeout", reason, retryable=True) from None
        except BaseException:
            loaded_models.release(model)
            raise
        return model


def sampling_values(sampling: Sampling, max_tokens: int, n: int) -> dict[str, Any]:
    """The fields of vLLM's SamplingParams that a request sets; the model's own defaults hold else.

    They are what vLLM's server makes of the same request (`request_body`).
    """
    values = {"temperature": sampling.temperature, "top_p": sampling.top_p}
    given = {name: value for name, value in values.items() if value is not None}
    return {**given, "max_tokens": max_tokens, "n": n}


def replies_of(output: Any, latency_ms: int) -> list[Reply]:
    """The samples of a finished vLLM RequestOutput, in their order.

    Raises:
        CallFailed: the engine has broken the request off.
    """
    shares = divided(len(output.prompt_token_ids), len(output.outputs))
    texts = [sample.text for sample in output.outputs]
    counts = [len(sample.token_ids) for sample in output.outputs]
    thought = reasoning_tokens([thinking_in(text) for text in texts], texts, counts, None)
    replies = []
    for place, sample in enumerate(output.outputs):
        if sample.finish_reason not in ("stop", "length"):
            reason = f"the engine ended the request with {sample.finish_reason!r}"
            raise CallFailed("engine", reason, retryable=True)
        # Postgres holds no NUL in text.
        text = sample.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        replies.append(
            Reply(
                text, None, sample.finish_reason, shares[place], counts[place], latency_ms,
                thought[place],
            )
        )  # fmt: skip
    return replies

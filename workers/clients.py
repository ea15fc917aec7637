"""Which client asks an endpoint: the one place where that is decided."""

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self

from backend.endpoints.schemas import IN_PROCESS
from workers.chat_protocol import Messages
from workers.endpoint_config import EndpointConfig
from workers.in_process import InProcessClient
from workers.model_client import ModelClient
from workers.replies import Reply


class Client(Protocol):
    """Asks one endpoint from one event loop; `async with` opens and closes it."""

    @property
    def samples_per_call(self) -> int:
        """How many samples one request brings."""

    def estimated_tokens(self, messages: Messages, max_tokens: int | None = None) -> int:
        """About the most that one sample can take: the prompt, and as much as it may say."""

    async def ask(
        self,
        messages: Messages,
        *,
        n: int = 1,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> list[Reply]:
        """`n` samples; raises CallFailed, which holds the replies that did arrive."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def client_for(config: EndpointConfig) -> Client:
    """The client that asks this endpoint, over HTTP or in this process."""
    if config.base_url == IN_PROCESS:
        return InProcessClient(config)
    return ModelClient(config)


def embedder_for(config: EndpointConfig, seconds: float | None = None) -> ModelClient:
    """The client that an embedding endpoint is asked by; one attempt where a caller waits."""
    if seconds is None:
        return ModelClient(config)
    return ModelClient(_hurried(config, seconds), attempts=1)


def hurried_client_for(config: EndpointConfig, seconds: float) -> Client:
    """The same for a caller who waits: one attempt, and no longer than this."""
    if config.base_url == IN_PROCESS:
        return InProcessClient(config, patience=seconds)
    return ModelClient(_hurried(config, seconds), attempts=1)


def _hurried(config: EndpointConfig, seconds: float) -> EndpointConfig:
    return replace(config, timeout_seconds=min(config.timeout_seconds, seconds))

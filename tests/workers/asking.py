"""Questions to the fake server, without waiting between attempts."""

import asyncio
from typing import Any

import pytest

from backend.endpoints.schemas import Sampling
from tests.workers.fake_openai import FakeOpenAI
from workers.model_client import CallFailed, EndpointConfig, ModelClient, Reply

QUESTION = [{"role": "user", "content": "What is 6 times 7?"}]


class Waits(list[float]):
    """A sleep that does not wait; it holds what was asked for."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


def asked(
    server: FakeOpenAI,
    n: int = 1,
    *,
    sampling: dict[str, Any] | None = None,
    waits: Waits | None = None,
    schema: dict[str, Any] | None = None,
    **settings: Any,
) -> list[Reply]:
    """One question to the server, without waiting between attempts."""

    async def run() -> list[Reply]:
        config = EndpointConfig(
            base_url=server.base_url, model="m", sampling=Sampling(**sampling or {}),
            **{"timeout_seconds": 30.0, **settings},
        )  # fmt: skip
        async with ModelClient(config, sleep=Waits() if waits is None else waits) as client:
            return await client.ask(QUESTION, n=n, json_schema=schema)

    return asyncio.run(run())


def failure(server: FakeOpenAI, **settings: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        asked(server, **settings)
    return caught.value

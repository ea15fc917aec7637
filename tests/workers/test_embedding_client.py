"""Requests for embeddings: what is sent, what is read, what is tried again."""

import asyncio
from typing import Any

import numpy as np
import orjson
import pytest

from tests.workers.asking import Waits
from tests.workers.fake_models import embeddings, vector_of
from tests.workers.fake_openai import FakeOpenAI, Step, hang, raw, refuse
from workers.embedding_protocol import Embedded
from workers.model_client import CallFailed, EndpointConfig, ModelClient

TEXTS = ["one hen", "two hens", "three hens"]


def embedded(server: FakeOpenAI, waits: Waits | None = None, **settings: Any) -> Embedded:
    async def run() -> Embedded:
        config = EndpointConfig(
            base_url=server.base_url, model="m", **{"timeout_seconds": 30.0, **settings}
        )
        async with ModelClient(config, sleep=Waits() if waits is None else waits) as client:
            return await client.embed(TEXTS)

    return asyncio.run(run())


def test_vectors_come_in_the_order_of_the_texts(server: FakeOpenAI) -> None:
    server.script(embeddings(TEXTS, tokens=3))
    brought = embedded(server)
    assert np.array_equal(brought.vectors, np.stack([vector_of(text) for text in TEXTS]))
    assert brought.prompt_tokens == 9
    [request] = server.requests
    assert request.path == "/v1/embeddings"
    assert request.body == {"model": "m", "input": TEXTS, "encoding_format": "float"}


def test_what_can_pass_is_tried_again(server: FakeOpenAI) -> None:
    waits = Waits()
    server.script(refuse(429, retry_after=7), refuse(500), embeddings(TEXTS))
    assert len(embedded(server, waits).vectors) == 3
    assert waits[0] == 7
    assert len(server.requests) == 3


def test_limit_of_a_minute_holds_for_embeddings_too(server: FakeOpenAI) -> None:
    server.default = embeddings(TEXTS)
    moment = [0.0]

    async def sleep(seconds: float) -> None:
        moment[0] += seconds

    async def run() -> None:
        config = EndpointConfig(base_url=server.base_url, model="paced", requests_per_minute=1)
        async with ModelClient(config, clock=lambda: moment[0], sleep=sleep) as client:
            await client.embed(TEXTS)
            await client.embed(TEXTS)

    asyncio.run(run())
    assert moment[0] == pytest.approx(60, abs=0.2)


def row(vector: object, index: int = 0) -> dict[str, object]:
    return {"index": index, "embedding": vector}


def body(*rows: object) -> Step:
    return raw(orjson.dumps({"data": rows}))


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (raw(b"<html>"), "not JSON"),
        (raw(b'{"choices": []}'), "without embeddings"),
        (body(row([1.0]), row([1.0], 1)), "2 embeddings for 3 texts"),
        (body(row([1.0]), row([1.0]), row([1.0], 2)), "3 embeddings for 3 texts"),
        (body(row([1.0]), row([1.0, 2.0], 1), row([1.0], 2)), "of one length"),
        (body(row([]), row([], 1), row([], 2)), "finite numbers"),
        (body(row([1.0]), row([None], 1), row([1.0], 2)), "of one length|finite"),
        (body(row("AACA"), row("AACA", 1), row("AACA", 2)), "of one length"),
        (body(row([1e300]), row([1.0], 1), row([1.0], 2)), "finite"),
        (body("x", "y", "z"), "3 embeddings for 3 texts"),
    ],
)
def test_what_is_no_embedding_is_an_error_in_words(
    server: FakeOpenAI, step: Step, reason: str
) -> None:
    server.default = step
    with pytest.raises(CallFailed, match=reason) as failed:
        embedded(server)
    assert failed.value.code == "garbage"


def test_silent_server_is_given_up(server: FakeOpenAI) -> None:
    server.default = hang()
    with pytest.raises(CallFailed, match="timeout"):
        embedded(server, timeout_seconds=0.05)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 8192 tokens, however you requested 9000"),
        (400, "Invalid 'input[0]': maximum input length is 8192 tokens."),
        (413, "Input validation error: `inputs` must have less than 512 tokens. Given: 600"),
        (500, "input is too large to process. increase the physical batch size"),
        (500, "input (600 tokens) is too large to process"),
    ],
)
def test_text_that_is_too_long_is_the_texts_fault(
    server: FakeOpenAI, status: int, message: str
) -> None:
    server.default = refuse(status, message)
    with pytest.raises(CallFailed) as failed:
        embedded(server)
    assert (failed.value.code, failed.value.about_prompt) == ("context_length", True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 0}, {"prompt_tokens": "many"}])
def test_tokens_are_estimated_where_the_server_counts_none(
    server: FakeOpenAI, usage: object
) -> None:
    rows = [row([1.0], index) for index in range(3)]
    server.default = raw(orjson.dumps({"data": rows, "usage": usage}))
    assert embedded(server).prompt_tokens == 6  # two words a text

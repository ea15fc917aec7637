"""The key stays hidden, limits hold across clients, cancelled questions leave nothing behind."""

import asyncio
import gc
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.workers.asking import QUESTION, Waits, asked, failure
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, drop, hang, raw, refuse
from workers.model_client import EndpointConfig, ModelClient, Reply

SECRET = "sk-very-secret-0123456789"


def test_key_is_read_at_each_call_and_sent(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", SECRET)
    asked(server, key_variable="TEST_KEY")
    monkeypatch.setenv("TEST_KEY", "another")
    asked(server, key_variable="TEST_KEY")
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == [f"Bearer {SECRET}", "Bearer another"]


def test_no_key_is_sent_where_none_is_named(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    asked(server)
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("value", [None, "", "  ", "schlüssel", "two\nlines"])
def test_missing_or_unusable_key_names_the_variable(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TEST_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TEST_KEY", value)
    failed = failure(server, key_variable="TEST_KEY")
    assert (failed.code, failed.retryable) == ("no_key", False)
    assert "TEST_KEY" in failed.message
    assert server.requests == []


def _echo(status: int) -> Callable[[Request], Step]:
    # The key stands where a message would be cut: no part of it may be left.
    return lambda request: refuse(status, "x" * 490 + request.headers["authorization"])


@pytest.mark.parametrize(
    "step",
    [
        _echo(401),
        _echo(400),
        _echo(500),
        lambda request: raw(request.headers["authorization"].encode(), 403),
        lambda request: raw(b"x" * 490 + request.headers["authorization"].encode()),
        drop(),
        refuse(429, retry_after=0),
    ],
)
def test_key_is_in_no_message_and_no_log(
    server: FakeOpenAI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: Any,
) -> None:
    monkeypatch.setenv("TEST_KEY", SECRET)
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "aiohttp", "asyncio", "seedbed"):
        caplog.set_level(logging.DEBUG, logger=name)
    server.default = step
    failed = failure(server, key_variable="TEST_KEY")
    part = SECRET[:8]
    assert part not in f"{failed}{failed.message}{failed!r}"
    assert failed.__cause__ is None
    assert failed.__suppress_context__
    assert all(part not in record.getMessage() for record in caplog.records)


def test_no_more_than_max_in_flight_are_open(server: FakeOpenAI) -> None:
    server.default = answer("42", delay=0.02)
    asked(server, 30, max_in_flight=5)
    assert server.most_in_flight == 5
    assert server.most_connections <= 5


def test_refusing_server_is_called_by_fewer_at_once(server: FakeOpenAI) -> None:
    server.script(*[refuse(429, retry_after=0)] * 16)
    server.default = answer("42", delay=0.01)

    async def run() -> None:
        config = EndpointConfig(base_url=server.base_url, model="m", max_in_flight=16)
        async with ModelClient(config, sleep=Waits()) as client:
            await asyncio.gather(*(client.ask(QUESTION) for _ in range(16)))
            server.most_in_flight = 0
            await asyncio.gather(*(client.ask(QUESTION) for _ in range(10)))

    asyncio.run(run())
    assert server.most_in_flight <= 10


def test_requests_per_minute_hold_across_clients(server: FakeOpenAI) -> None:
    waits = Waits()
    clock = [0.0]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    async def run() -> None:
        config = EndpointConfig(base_url=server.base_url, model="m", requests_per_minute=3)
        for _ in range(2):
            async with ModelClient(config, clock=lambda: clock[0], sleep=sleep) as client:
                await client.ask(QUESTION, n=2)

    asyncio.run(run())
    assert len(server.requests) == 4
    assert sum(waits) == pytest.approx(60)


def test_tokens_per_minute_count_what_calls_really_took(server: FakeOpenAI) -> None:
    # The most that a call can take is some 520 tokens, so one fits at a time; each takes 11, so
    # that the next one need not wait for the minute to end.
    server.default = answer("42")
    waits = Waits()
    asked(
        server, 4, waits=waits, max_in_flight=1, tokens_per_minute=600, sampling={"max_tokens": 500}
    )
    assert waits == []


def test_cancelled_question_frees_its_place(server: FakeOpenAI) -> None:
    server.script(hang())

    async def run() -> list[Reply]:
        config = EndpointConfig(base_url=server.base_url, model="m", max_in_flight=1)
        async with ModelClient(config) as client:
            first = asyncio.create_task(client.ask(QUESTION))
            while not server.requests:
                await asyncio.sleep(0.01)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await asyncio.wait_for(client.ask(QUESTION), 10)

    assert len(asyncio.run(run())) == 1


def test_closed_client_leaves_no_connection_open(
    server: FakeOpenAI, recwarn: pytest.WarningsRecorder
) -> None:
    asked(server, 4)
    gc.collect()
    assert [warning for warning in recwarn if warning.category is ResourceWarning] == []

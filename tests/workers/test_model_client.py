"""The model client against a server that answers, refuses, hangs and talks nonsense."""

import asyncio
import gc
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from backend.endpoints.schemas import Sampling
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, drop, hang, raw, refuse
from workers.model_client import CallFailed, EndpointConfig, ModelClient, Reply
from workers.retries import ATTEMPTS, TIMEOUTS

QUESTION = [{"role": "user", "content": "What is 6 times 7?"}]
SECRET = "sk-very-secret-0123456789"


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


def test_reply_holds_text_reason_and_counts(server: FakeOpenAI) -> None:
    usage = {"prompt_tokens": 17, "completion_tokens": 5}
    server.script(answer("42", finish_reason="length", usage=usage))
    (reply,) = asked(server)
    assert (reply.text, reply.reasoning, reply.finish_reason) == ("42", None, "length")
    assert (reply.prompt_tokens, reply.completion_tokens) == (17, 5)
    assert reply.latency_ms >= 0


def test_request_holds_the_sampling_settings_that_are_set(server: FakeOpenAI) -> None:
    asked(server, sampling={"temperature": 0.7, "max_tokens": 99, "reasoning_effort": "low"})
    assert server.requests[0].body == {
        "model": "m", "messages": QUESTION, "temperature": 0.7, "max_tokens": 99,
        "reasoning_effort": "low",
    }  # fmt: skip


FAULTS = {
    "too many requests": refuse(429, retry_after=0),
    "request timeout": refuse(408),
    "server error": refuse(500),
    "bad gateway": raw(b"<html>bad gateway</html>", 502, "text/html"),
    "unavailable": refuse(503),
    "gateway timeout": refuse(504),
    "dropped connection": drop(),
    "no JSON": raw(b"<html>not json</html>"),
    "a page": raw(b"<html>welcome</html>", content_type="text/html"),
    "half a body": raw(b'{"choices": [{"mess'),
    "JSON of another kind": raw(b"[1, 2]"),
    "an error with status 200": raw(b'{"error": {"message": "overloaded"}}'),
    "no choices": raw(b'{"choices": []}'),
    "a choice without message": raw(b'{"choices": [{"text": "x"}]}'),
    "content that is no text": raw(b'{"choices": [{"message": {"content": 7}}]}'),
    "silence": answer(""),
    "null content": answer(None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_that_can_pass_is_tried_again(server: FakeOpenAI, fault: str) -> None:
    server.script(FAULTS[fault], FAULTS[fault], answer("42"))
    assert [reply.text for reply in asked(server)] == ["42"]
    assert len(server.requests) == 3


def test_hanging_request_is_tried_again(server: FakeOpenAI) -> None:
    server.script(hang(), answer("42"))
    assert asked(server, timeout_seconds=0.2)[0].text == "42"


PERSISTENT = {
    "rate_limited": refuse(429, "slow down"),
    "http_500": refuse(500, "broken"),
    "connection": drop(),
    "garbage": raw(b"<html>"),
}


@pytest.mark.parametrize("code", PERSISTENT)
def test_attempts_are_bounded(server: FakeOpenAI, code: str) -> None:
    server.default = PERSISTENT[code]
    failed = failure(server)
    assert (failed.code, failed.retryable) == (code, True)
    assert len(server.requests) == ATTEMPTS


def test_timeouts_are_bounded_more_tightly(server: FakeOpenAI) -> None:
    server.default = hang()
    failed = failure(server, timeout_seconds=0.1)
    assert (failed.code, failed.retryable) == ("timeout", True)
    assert len(server.requests) == TIMEOUTS


def test_slow_drip_of_bytes_is_a_timeout(server: FakeOpenAI) -> None:
    server.default = answer("too late", delay=5)
    assert failure(server, timeout_seconds=0.1).code == "timeout"


def test_server_that_is_not_there_is_a_connection_failure() -> None:
    with FakeOpenAI() as server:
        pass
    failed = failure(server)
    assert (failed.code, failed.retryable) == ("connection", True)
    assert "refused" in failed.message.lower()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422, 501])
def test_refusal_is_not_tried_again(server: FakeOpenAI, status: int) -> None:
    server.default = refuse(status, "because of this")
    failed = failure(server)
    assert (failed.code, failed.retryable) == (f"http_{status}", False)
    assert failed.message == "because of this"
    assert len(server.requests) == 1


def test_empty_account_is_not_tried_again(server: FakeOpenAI) -> None:
    server.default = refuse(429, "you exceeded your quota", code="insufficient_quota")
    assert failure(server).code == "quota"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (raw(b'{"detail": "Not Found"}', 404), "Not Found"),  # FastAPI, vLLM
        (raw(b'{"object": "error", "message": "no model"}', 404), "no model"),  # old vLLM
        (raw(b'{"error": "no such model"}', 404), "no such model"),  # Ollama
        (raw(b"404 page not found", 404, "text/plain"), "404 page not found"),
        (raw(b"", 404), "the server gave no reason"),
        (Step(b"", 307, {"location": "https://x.test/v1"}), "redirects to https://x.test/v1"),
    ],
)
def test_reason_is_found_in_any_form(server: FakeOpenAI, step: Step, words: str) -> None:
    server.default = step
    assert words in failure(server).message


def test_retry_after_seconds_are_obeyed(server: FakeOpenAI) -> None:
    server.script(refuse(429, retry_after=7), refuse(503, retry_after=3), answer("42"))
    waits = Waits()
    asked(server, waits=waits)
    assert waits == [7, 3]


def test_retry_after_date_is_obeyed(server: FakeOpenAI) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.script(refuse(429, retry_after=date), answer("42"))
    waits = Waits()
    asked(server, waits=waits)
    assert 80 < waits[0] <= 90


def test_retry_after_that_cannot_be_read_is_ignored(server: FakeOpenAI) -> None:
    server.script(refuse(429, retry_after="soon"), answer("42"))
    waits = Waits()
    asked(server, waits=waits)
    assert 0 <= waits[0] <= 0.5


def test_retry_after_beyond_patience_is_left_to_a_later_job(server: FakeOpenAI) -> None:
    server.default = refuse(429, retry_after=3600)
    failed = failure(server)
    assert (failed.code, failed.retryable) == ("rate_limited", True)
    assert len(server.requests) == 1


def test_back_off_grows_with_jitter(server: FakeOpenAI) -> None:
    server.default = refuse(500)
    waits = Waits()
    failure(server, waits=waits)
    assert len(waits) == ATTEMPTS - 1
    assert all(0 <= wait <= 0.5 * 2**number for number, wait in enumerate(waits))
    assert len(set(waits)) == len(waits)


def test_model_that_stays_silent_has_answered_nothing(server: FakeOpenAI) -> None:
    server.default = answer("")
    (reply,) = asked(server)
    assert (reply.text, reply.finish_reason) == ("", "stop")
    assert len(server.requests) == ATTEMPTS


@pytest.mark.parametrize("finish_reason", ["length", "content_filter"])
def test_empty_answer_that_says_why_stands(server: FakeOpenAI, finish_reason: str) -> None:
    server.default = answer("", finish_reason=finish_reason)
    assert asked(server)[0].finish_reason == finish_reason
    assert len(server.requests) == 1


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_is_given_apart(server: FakeOpenAI, field: str) -> None:
    message = {"role": "assistant", "content": "42", field: "Six sevens."}
    server.script(raw(json.dumps({"choices": [{"message": message}]}).encode()))
    (reply,) = asked(server)
    assert (reply.text, reply.reasoning) == ("42", "Six sevens.")


def test_nul_characters_are_replaced(server: FakeOpenAI) -> None:
    server.script(answer("4\0002", reasoning="a\0b"))
    (reply,) = asked(server)
    assert (reply.text, reply.reasoning) == ("4\N{REPLACEMENT CHARACTER}2", "a\ufffdb")


# Several samples


def test_samples_are_asked_for_one_by_one_unless_the_endpoint_allows_more(
    server: FakeOpenAI,
) -> None:
    assert len(asked(server, 4)) == 4
    assert [request.body.get("n") for request in server.requests] == [None] * 4


def test_samples_share_requests_where_the_endpoint_allows_it(server: FakeOpenAI) -> None:
    assert len(asked(server, 10, samples_per_request=4)) == 10
    assert sorted(request.body["n"] for request in server.requests) == [2, 4, 4]


def test_greedy_samples_are_never_asked_for_together(server: FakeOpenAI) -> None:
    assert len(asked(server, 3, samples_per_request=8, sampling={"temperature": 0})) == 3
    assert all("n" not in request.body for request in server.requests)


def test_missing_choices_are_asked_for_again(server: FakeOpenAI) -> None:
    server.script(answer("1", "2"), answer("3"))
    replies = asked(server, 3, samples_per_request=8)
    assert [reply.text for reply in replies] == ["1", "2", "3"]
    assert "n" not in server.requests[1].body


def test_surplus_choices_are_left_out(server: FakeOpenAI) -> None:
    server.script(answer("1", "2", "3"))
    assert len(asked(server, 2, samples_per_request=2)) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        refuse(400, "n must be 1 when using greedy sampling, got 4."),  # vLLM
        refuse(400, "Unsupported value", param="n"),
        refuse(422, "only 'n' = 1 is supported"),
        refuse(400, "best_of and n > 1 are not supported"),
    ],
)
def test_server_that_refuses_n_is_asked_singly_from_then_on(
    server: FakeOpenAI, refusal: Step
) -> None:
    server.script(refusal)
    assert len(asked(server, 4, samples_per_request=4)) == 4
    assert len(asked(server, 4, samples_per_request=4)) == 4
    assert [request.body.get("n") for request in server.requests] == [4] + [None] * 8


def test_replies_that_arrived_before_a_failure_are_kept(server: FakeOpenAI) -> None:
    server.script(answer("1"), refuse(401, "no"), answer("3"))
    failed = failure(server, n=3, max_in_flight=1)
    assert [reply.text for reply in failed.replies] == ["1", "3"]


def test_prompt_is_counted_once_for_a_request(server: FakeOpenAI) -> None:
    replies = asked(server, 4, samples_per_request=4)
    assert sum(reply.prompt_tokens for reply in replies) == 10


def test_tokens_are_counted_for_each_sample_whatever_usage_counts(server: FakeOpenAI) -> None:
    text = "The product of six and seven is forty-two, as every child knows by heart."
    for usage in ("all", "first"):
        server.script(answer(text, usage=usage))
        replies = asked(server, 4, samples_per_request=4)
        assert [reply.completion_tokens for reply in replies] == [len(text) // 4] * 4


def test_usage_that_is_missing_or_absurd_is_estimated(server: FakeOpenAI) -> None:
    for usage in (None, {}, {"completion_tokens": -1, "prompt_tokens": "many"}):
        server.script(answer("The answer is 42.", usage=usage))
        (reply,) = asked(server)
        assert 3 <= reply.completion_tokens <= 8
        assert 8 <= reply.prompt_tokens <= 24


# What servers refuse and can do without


def test_reasoning_model_is_asked_with_max_completion_tokens(server: FakeOpenAI) -> None:
    server.script(
        refuse(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    )
    asked(server, 2, max_in_flight=1, sampling={"max_tokens": 50})
    limits = [
        (request.body.get("max_tokens"), request.body.get("max_completion_tokens"))
        for request in server.requests
    ]
    assert limits == [(50, None), (None, 50), (None, 50)]


SCHEMA = {"type": "object", "properties": {"steps": {"type": "integer"}}}


def test_schema_is_sent_as_response_format(server: FakeOpenAI) -> None:
    asked(server, schema=SCHEMA)
    assert server.requests[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
    }


def test_server_that_refuses_schemas_is_asked_without_from_then_on(server: FakeOpenAI) -> None:
    server.script(refuse(400, "response_format is not supported by this model"))
    asked(server, schema=SCHEMA)
    asked(server, schema=SCHEMA)
    assert ["response_format" in request.body for request in server.requests] == [
        True, False, False,
    ]  # fmt: skip


def test_refusal_of_something_else_is_a_failure(server: FakeOpenAI) -> None:
    server.default = refuse(400, "temperature: only 1 is supported", param="temperature")
    failed = failure(server, n=2, samples_per_request=2, schema=SCHEMA)
    assert failed.code == "http_400"
    assert len(server.requests) == 1


# The key


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


# Limits and cancellation


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

"""The model client against a server that answers, refuses, hangs and talks nonsense."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.workers.asking import QUESTION, Waits, asked, failure
from tests.workers.fake_openai import FakeOpenAI, Step, answer, drop, hang, raw, refuse
from workers.retries import ATTEMPTS, TIMEOUTS


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


def test_request_says_nothing_of_the_machine_it_comes_from(server: FakeOpenAI) -> None:
    asked(server)
    headers = server.requests[0].headers
    assert headers["content-type"] == "application/json"
    assert [name for name in headers if name.startswith("x-stainless")] == []


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


@pytest.mark.parametrize("count", [-1, 2**63 - 1, 2**64 - 1, 1.5, True, "5"])
def test_counts_that_no_request_can_have_are_estimated(server: FakeOpenAI, count: object) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": count, "total_tokens": count}
    server.script(answer("It is 42.", usage=usage))
    (reply,) = asked(server)
    assert 5 < reply.prompt_tokens < 50
    assert 2 < reply.completion_tokens < 8


def test_nul_characters_are_replaced(server: FakeOpenAI) -> None:
    server.script(answer("4\0002", reasoning="a\0b"))
    (reply,) = asked(server)
    assert (reply.text, reply.reasoning) == ("4\N{REPLACEMENT CHARACTER}2", "a\ufffdb")


@pytest.mark.parametrize("cut", [b"\\ud83d", b"\xf0", b"\xe2\x82"])
def test_answer_with_half_a_character_is_paid_once_and_read(server: FakeOpenAI, cut: bytes) -> None:
    server.script(
        raw(
            b'{"choices": [{"message": {"content": "It is 42. ' + cut + b'", "x": NaN}}],'
            b' "usage": {"prompt_tokens": 9, "completion_tokens": 5}, "y": 99999999999999999999}'
        )
    )
    (reply,) = asked(server)
    assert (reply.text, reply.completion_tokens) == ("It is 42. \ufffd", 5)
    assert len(server.requests) == 1

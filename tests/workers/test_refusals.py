"""Refusals as real servers word them: which are tried again, when, and what people are told."""

import json
from typing import Any

import pytest

from tests.workers.asking import Waits, asked, failure
from tests.workers.fake_openai import FakeOpenAI, Step, answer, raw, refuse
from workers.retries import ATTEMPTS


def _body(status: int, body: dict[str, Any], **headers: str) -> Step:
    return Step(json.dumps(body).encode(), status, headers)


def _openai(status: int, message: str, code: str | None, **more: Any) -> Step:
    return _body(status, {"error": {"message": message, "code": code, **more}})


TOO_LONG = {
    "OpenAI": _openai(
        400, "This model's maximum context length is 128000 tokens. However, your messages resulted"
        " in 131072 tokens.", "context_length_exceeded", param="messages",
    ),
    "vLLM": _body(400, {
        "object": "error", "message": "This model's maximum context length is 16384 tokens. However"
        ", you requested 122946 tokens (112946 in the messages, 10000 in the completion).",
        "type": "BadRequestError", "param": None, "code": 400,
    }),
    "vLLM of a limit alone": _body(400, {"error": {
        "message": "'max_tokens' or 'max_completion_tokens' is too large: 8000. This model's "
        "maximum context length is 4096 tokens and your request has 1200 input tokens",
        "type": "BadRequestError", "param": None, "code": 400,
    }}),
    "old vLLM": _body(400, {
        "object": "error", "message": "max_tokens must be at least 1, got -186.", "code": 400,
    }),
    "llama.cpp": _body(400, {"error": {
        "code": 400, "message": "request (4390 tokens) exceeds the available context size",
        "type": "exceed_context_size_error", "n_prompt_tokens": 4390, "n_ctx": 4096,
    }}),
    "llama.cpp while it writes": _body(500, {"error": {
        "code": 500, "message": "Context size has been exceeded.", "type": "server_error",
    }}),
    "TGI": _body(422, {
        "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.",
        "error_type": "validation",
    }),
    "a gateway to Anthropic": _body(400, {"type": "error", "error": {
        "type": "invalid_request_error", "message": "prompt is too long: 205000 tokens > 200000",
    }}),
}  # fmt: skip


@pytest.mark.parametrize("server_name", TOO_LONG)
def test_prompt_that_does_not_fit_is_not_sent_again_and_says_so(
    server: FakeOpenAI, server_name: str
) -> None:
    server.default = TOO_LONG[server_name]
    failed = failure(server)
    assert (failed.code, failed.retryable, failed.about_prompt) == ("context_length", False, True)
    assert "exceed the model's context" in failed.message
    assert len(server.requests) == 1


FILTERED = {
    "Azure": _openai(
        400, "The response was filtered due to the prompt triggering Azure OpenAI's content "
        "management policy.", "content_filter", param="prompt",
        innererror={"code": "ResponsibleAIPolicyViolation"},
    ),
    "LiteLLM": _openai(
        400, "litellm.ContentPolicyViolationError: AzureException - The response was filtered",
        "400",
    ),
    "OpenAI's reasoning models": _openai(
        400, "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
        "invalid_prompt",
    ),
    "DeepSeek": _openai(400, "Content Exists Risk", "invalid_request_error"),
}  # fmt: skip


@pytest.mark.parametrize("server_name", FILTERED)
def test_prompt_that_a_filter_refuses_is_not_sent_again(
    server: FakeOpenAI, server_name: str
) -> None:
    server.default = FILTERED[server_name]
    failed = failure(server)
    assert (failed.code, failed.retryable, failed.about_prompt) == ("content_filter", False, True)
    assert len(server.requests) == 1


EMPTY_ACCOUNT = {
    "OpenAI": _openai(429, "You exceeded your current quota", "insufficient_quota"),
    "OpenAI's hard limit": _openai(400, "Billing hard limit has been reached",
                                   "billing_hard_limit_reached"),
    "OpenRouter": _openai(402, "This request requires more credits, or fewer max_tokens.", "402"),
    "DeepSeek": _openai(402, "Insufficient Balance", "invalid_request_error"),
    "Anthropic": _body(400, {"type": "error", "error": {
        "type": "invalid_request_error",
        "message": "Your credit balance is too low to access the API.",
    }}),
}  # fmt: skip


@pytest.mark.parametrize("provider", EMPTY_ACCOUNT)
def test_empty_account_is_not_asked_again(server: FakeOpenAI, provider: str) -> None:
    server.default = EMPTY_ACCOUNT[provider]
    failed = failure(server)
    assert (failed.code, failed.retryable, failed.about_prompt) == ("quota", False, False)
    assert len(server.requests) == 1


def test_request_above_the_limit_of_a_minute_is_not_sent_again(server: FakeOpenAI) -> None:
    server.default = _openai(
        429, "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 36278. "
        "The input or output tokens must be reduced in order to run successfully.",
        "rate_limit_exceeded", type="tokens",
    )  # fmt: skip
    assert failure(server).code == "request_too_large"
    assert len(server.requests) == 1


def test_refused_temperature_says_what_to_change(server: FakeOpenAI) -> None:
    server.default = _openai(
        400, "Unsupported value: 'temperature' does not support 0.8 with this model. Only the "
        "default (1) value is supported.", "unsupported_value", param="temperature",
    )  # fmt: skip
    failed = failure(server)
    assert failed.code == "refused_setting"
    assert "register the endpoint without a temperature" in failed.message


OVERLOADED = {
    "Anthropic": _body(529, {"type": "error", "error": {
        "type": "overloaded_error", "message": "Overloaded"}}),
    "OpenAI": _openai(503, "That model is currently overloaded with other requests.", None),
    "llama.cpp that still loads": _body(503, {"error": {
        "code": 503, "message": "Loading model", "type": "unavailable_error"}}),
}  # fmt: skip


@pytest.mark.parametrize("server_name", OVERLOADED)
def test_overloaded_server_is_asked_again_and_given_up_after_all_attempts(
    server: FakeOpenAI, server_name: str
) -> None:
    server.script(OVERLOADED[server_name], answer("42"))
    assert asked(server)[0].text == "42"
    server.default = OVERLOADED[server_name]
    failed = failure(server)
    assert (failed.code, failed.retryable) == ("overloaded", True)
    assert len(server.requests) == 2 + ATTEMPTS


@pytest.mark.parametrize("status", [409, 425])
def test_conflict_and_too_early_can_pass(server: FakeOpenAI, status: int) -> None:
    server.script(refuse(status), answer("42"))
    assert asked(server)[0].text == "42"


def test_server_that_says_not_to_try_again_is_believed(server: FakeOpenAI) -> None:
    server.default = Step(b'{"error": "no"}', 500, {"x-should-retry": "false"})
    assert failure(server).retryable is False
    assert len(server.requests) == 1


def test_server_that_says_to_try_again_is_believed(server: FakeOpenAI) -> None:
    server.script(Step(b'{"error": "later"}', 400, {"x-should-retry": "true"}), answer("42"))
    assert asked(server)[0].text == "42"


LIMITED = "Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 8554. Please try"


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after-ms": "1250", "retry-after": "2"}, "slow down", 1.25),
        ({"retry-after-ms": "soon", "retry-after": "2"}, "slow down", 2),
        ({"retry-after": "3.5"}, "slow down", 3.5),
        ({}, f"{LIMITED} again in 9.816s. Visit https://platform.openai.com", 9.816),
        ({}, f"{LIMITED} again in 340ms.", 0.34),
        ({}, "Requests have exceeded the rate limit. Please retry after 20 seconds.", 20),
    ],
)
def test_wait_that_a_server_asks_for_is_obeyed(
    server: FakeOpenAI, headers: dict[str, str], message: str, seconds: float
) -> None:
    server.script(Step(json.dumps({"error": {"message": message}}).encode(), 429, headers))
    waits = Waits()
    asked(server, waits=waits)
    assert waits == [pytest.approx(seconds)]


def test_message_that_names_another_parameter_does_not_change_what_is_sent(
    server: FakeOpenAI,
) -> None:
    server.script(TOO_LONG["vLLM of a limit alone"])
    failure(server)
    server.script(raw(b'{"choices": [{"message": {"content": "42"}}]}'))
    asked(server)
    assert "max_tokens" in server.requests[-1].body

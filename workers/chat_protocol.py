"""The chat completions protocol: request bodies, replies, and what servers say when they refuse.

OpenAI's API reference for `/v1/chat/completions`, and what vLLM and llama.cpp make of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import orjson

from backend.endpoints.schemas import Sampling
from workers.replies import Reply
from workers.token_count import completion_tokens, divided, estimated_prompt_tokens

Messages = Sequence[Mapping[str, str]]
Feature = Literal["n", "max_tokens", "response_format"]

# What a 400 or 422 says when it is about one optional part of the request, which we can do without.
_COMPLAINTS: dict[Feature, re.Pattern[str]] = {
    "max_tokens": re.compile(r"max_completion_tokens"),
    "response_format": re.compile(r"response_format|json_schema|structured output", re.I),
    "n": re.compile(r"(?:^|[\s.'\"`(])n['\"`]?(?: must| should| is| ?[=>!]| not)|['\"`]n['\"`]"),
}


class NotACompletion(ValueError):
    """A body that is no chat completion; the message says what it is instead."""


@dataclass(frozen=True)
class Question:
    """What is asked, apart from the endpoint's sampling settings."""

    messages: Messages
    max_tokens: int
    json_schema: Mapping[str, Any] | None = None


def request_body(
    model: str, sampling: Sampling, question: Question, n: int, refused: set[Feature]
) -> dict[str, Any]:
    """The JSON of a request, without what the server has refused before.

    OpenAI's reasoning models refuse `max_tokens` and want `max_completion_tokens`; other servers
    know the former only.
    """
    limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    body: dict[str, Any] = {
        "model": model, "messages": question.messages, limit: question.max_tokens,
        "temperature": sampling.temperature, "top_p": sampling.top_p,
        "reasoning_effort": sampling.reasoning_effort,
    }  # fmt: skip
    if n > 1:
        body["n"] = n
    if question.json_schema is not None and "response_format" not in refused:
        schema = {"name": "reply", "strict": True, "schema": question.json_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return {name: value for name, value in body.items() if value is not None}


def refused_feature(
    status: int, parameter: str | None, message: str, body: Mapping[str, Any]
) -> Feature | None:
    """The optional part of this request that a refusal complains about."""
    if status not in (400, 422):
        return None
    for feature, complaint in _COMPLAINTS.items():
        named = parameter is not None and parameter.split(".")[0] == feature
        if feature in body and (named or complaint.search(message)):
            return feature
    return None


def error_message(content: bytes) -> tuple[str, str | None, str | None]:
    """A refusal's (message, code, parameter), whatever form the server gave it."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = content.decode(errors="replace")
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return _in_words(error), None, None
    message = error.get("message") or error.get("detail") or error
    code, parameter = error.get("code") or error.get("type"), error.get("param")
    return _in_words(message), code and str(code), parameter and str(parameter)


def _in_words(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    try:
        return max(float(header), 0.0)
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)


def replies_of(content: bytes, question: Question, wanted: int, latency_ms: int) -> list[Reply]:
    """The samples in a response body, at most as many as wanted.

    Raises:
        NotACompletion: it holds none.
    """
    body = _loaded(content)
    messages = [_message(choice) for choice in body["choices"][:wanted]]
    usage = body.get("usage") or {}
    if not isinstance(usage, dict):
        usage = {}
    shown = [f"{reasoning or ''}{text}" for text, reasoning, _ in messages]
    hidden = 0
    if not any(reasoning for _, reasoning, _ in messages):
        hidden = _count(usage.get("completion_tokens_details"), "reasoning_tokens") or 0
    counts = completion_tokens(shown, _count(usage, "completion_tokens"), hidden)
    prompt = _count(usage, "prompt_tokens")
    if prompt is None:
        prompt = estimated_prompt_tokens(question.messages)
    shares = divided(prompt, len(messages))
    return [
        Reply(*message, share, count, latency_ms)
        for message, share, count in zip(messages, shares, counts, strict=True)
    ]


def _loaded(content: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        text = content.decode(errors="replace")
        raise NotACompletion(f"the server answered 200 with what is not JSON: {text}") from None
    if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
        raise NotACompletion(f"the server answered 200 without choices: {_in_words(body)}")
    if not body["choices"]:
        raise NotACompletion("the server answered 200 with an empty list of choices")
    return body


def _message(choice: Any) -> tuple[str, str | None, str | None]:
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise NotACompletion(f"a choice holds no message: {_in_words(choice)}")
    text = message.get("content") or message.get("refusal") or ""
    reasoning = message.get("reasoning_content") or message.get("reasoning") or None
    finish = choice.get("finish_reason")
    if not isinstance(text, str) or not isinstance(reasoning, str | None):
        raise NotACompletion(f"a message's content is not text: {_in_words(message)}")
    return _storable(text), reasoning and _storable(reasoning), finish and str(finish)


def _storable(text: str) -> str:
    # Postgres holds no NUL in text.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

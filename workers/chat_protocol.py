"""The chat completions protocol: request bodies, and the replies in responses.

OpenAI's API reference for `/v1/chat/completions`, and what vLLM and llama.cpp make of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from backend.endpoints.schemas import Sampling
from backend.scoring.samples import storable
from workers.complaints import Complaint, in_words
from workers.exchanges import Exchange, NotAnAnswer
from workers.json_bodies import json_of
from workers.replies import Reply
from workers.token_count import (
    completion_tokens,
    divided,
    estimated_prompt_tokens,
    reasoning_tokens,
    thinking_in,
)

Messages = Sequence[Mapping[str, str]]
CHAT = "chat/completions"
Feature = Literal["n", "max_tokens", "response_format"]

# What a 400 or 422 says when it is about one optional part of the request, which we can do without.
_COMPLAINTS: dict[Feature, re.Pattern[str]] = {
    "max_tokens": re.compile(r"max_completion_tokens"),
    "response_format": re.compile(r"response_format|json_schema|structured output", re.I),
    "n": re.compile(r"(?:^|[\s.'\"`(])n['\"`]?(?: must| should| is| ?[=>!]| not)|['\"`]n['\"`]"),
}


# Other names of "length", Anthropic's and Google's.
_CUT_OFF = ("max_tokens", "max_output_tokens")


# More than this no request takes: a server that subtracts too much says 2^64 - 1.
_MOST_TOKENS = 1_000_000_000


class NotACompletion(NotAnAnswer):
    """A body that is no chat completion."""


@dataclass(frozen=True)
class Question:
    """What is asked, apart from the endpoint's sampling settings."""

    messages: Messages
    max_tokens: int
    json_schema: Mapping[str, Any] | None = None


def asking(
    model: str, sampling: Sampling, question: Question, n: int, refused: set[Feature]
) -> Exchange[list[Reply]]:
    """The request for `n` samples; `refused` is read when it is sent."""
    return Exchange(
        path=CHAT,
        body=lambda: request_body(model, sampling, question, n, refused),
        prompt_tokens=lambda: estimated_prompt_tokens(question.messages),
        completion_tokens=n * question.max_tokens,
        read=lambda content, latency_ms: replies_of(content, question, n, latency_ms),
        taken=lambda replies: sum(r.prompt_tokens + r.completion_tokens for r in replies),
    )


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


def refused_feature(status: int, said: Complaint, body: Mapping[str, Any]) -> Feature | None:
    """The optional part of this request that a refusal complains about."""
    if status not in (400, 422):
        return None
    for feature, words in _COMPLAINTS.items():
        named = said.parameter is not None and said.parameter.split(".")[0] == feature
        if feature in body and (named or words.search(said.message)):
            return feature
    return None


def replies_of(content: bytes, question: Question, wanted: int, latency_ms: int) -> list[Reply]:
    """The samples in a response body, at most as many as wanted.

    Raises:
        NotACompletion: it holds none.
    """
    body = _loaded(content)
    messages = [_message(choice) for choice in body["choices"][:wanted]]
    usage = _usage(body.get("usage"))
    thinking = [f"{reasoning or ''}{thinking_in(text)}" for text, reasoning, _ in messages]
    counts = completion_tokens(
        [f"{reasoning or ''}{text}" for text, reasoning, _ in messages],
        usage.completion,
        0 if any(thinking) else usage.reasoning or 0,
    )
    prompt = usage.prompt
    if prompt is None:
        prompt = estimated_prompt_tokens(question.messages)
    shares = divided(prompt, len(messages))
    thought = reasoning_tokens(thinking, [text for text, _, _ in messages], counts, usage.reasoning)
    return [
        Reply(*message, share, count, latency_ms, reasoning)
        for message, share, count, reasoning in zip(messages, shares, counts, thought, strict=True)
    ]


class _Usage(NamedTuple):
    """What a response says of its tokens; reasoning ones are part of the completion's."""

    prompt: int | None
    completion: int | None
    reasoning: int | None


def _usage(usage: Any) -> _Usage:
    """The counts of a `usage` object.

    OpenAI counts thinking as part of the completion. xAI and Gemini count it beside, and only
    within the total: there it is added, since it is paid like the rest.
    """
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    reasoning, total = _count(details, "reasoning_tokens"), _count(usage, "total_tokens")
    if prompt is not None and completion is not None and total is not None:
        beside = total - prompt - completion
        if beside > 0 and reasoning in (None, beside):
            return _Usage(prompt, completion + beside, beside)
    return _Usage(prompt, completion, reasoning)


def _loaded(content: bytes) -> dict[str, Any]:
    try:
        body = json_of(content)
    except ValueError:
        text = content.decode(errors="replace")
        raise NotACompletion(f"the server answered 200 with what is not JSON: {text}") from None
    if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
        raise NotACompletion(f"the server answered 200 without choices: {in_words(body)}")
    if not body["choices"]:
        raise NotACompletion("the server answered 200 with an empty list of choices")
    return body


def _message(choice: Any) -> tuple[str, str | None, str | None]:
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise NotACompletion(f"a choice holds no message: {in_words(choice)}")
    text = message.get("content") or message.get("refusal") or ""
    reasoning = message.get("reasoning_content") or message.get("reasoning") or None
    finish = choice.get("finish_reason")
    if not isinstance(text, str) or not isinstance(reasoning, str | None):
        raise NotACompletion(f"a message's content is not text: {in_words(message)}")
    if finish and str(finish).lower() in _CUT_OFF:
        finish = "length"
    return storable(text), reasoning and storable(reasoning), finish and str(finish)


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None

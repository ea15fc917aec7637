"""The lines of a batch: calls on their way out, answers and refusals on their way back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from backend.scoring.line_up import LineUpEntry
from workers import questions
from workers.batch_client import CALL_PATH
from workers.chat_protocol import (
    NotACompletion,
    Question,
    error_message,
    refused_feature,
    replies_of,
    request_body,
)
from workers.endpoint_config import EndpointConfig, memory_of
from workers.replies import Reply
from workers.retries import AttemptFailed, refusal
from workers.token_count import estimated_prompt_tokens

_CUSTOM_ID = re.compile(r"([0-9]{1,18}):([0-9]{1,6}):([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Line:
    """One call: `count` samples of a revision from the index `first` on, and their JSON."""

    revision_id: int
    first: int
    count: int
    content: bytes
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: replies, or why there are none."""

    revision_id: int
    first: int
    count: int
    replies: Sequence[Reply]
    failure: AttemptFailed | None


def lines_of(
    entry: LineUpEntry,
    config: EndpointConfig,
    revision_id: int,
    prompt: str,
    indices: Iterable[int],
) -> Iterator[Line]:
    """The calls for these samples of a revision, as few as the endpoint allows.

    Their bodies are those of direct calls, without what this server is known to refuse.
    """
    question = _question(entry, prompt)
    prompt_tokens = estimated_prompt_tokens(question.messages)
    for first, count in _runs(sorted(indices), _most_samples(config)):
        body = request_body(
            config.model, config.sampling, question, count, memory_of(config).refused
        )
        content = orjson.dumps(
            {
                "custom_id": f"{revision_id}:{first}:{count}",
                "method": "POST",
                "url": CALL_PATH,
                "body": body,
            }
        )
        yield Line(revision_id, first, count, content, prompt_tokens)


def _question(entry: LineUpEntry, prompt: str) -> Question:
    asked = questions.question(entry, prompt)
    return Question(asked.messages, entry.sampling.max_tokens, asked.json_schema)


def _most_samples(config: EndpointConfig) -> int:
    greedy = config.sampling.temperature == 0
    return 1 if greedy or "n" in memory_of(config).refused else config.samples_per_request


def _runs(indices: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Indices that follow each other, as (first, count) of at most so many."""
    numbered = enumerate(indices)
    for _, group in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        for start in range(0, len(run), most):
            yield run[start], len(run[start : start + most])


def place_of(line: dict[str, Any]) -> tuple[int, int, int] | None:
    """(revision, first index, count) of a line that came back; None where it is none of ours."""
    custom_id = line.get("custom_id")
    found = _CUSTOM_ID.fullmatch(custom_id) if isinstance(custom_id, str) else None
    if found is None:
        return None
    revision_id, first, count = map(int, found.groups())
    return revision_id, first, count


def outcome_of(
    line: dict[str, Any],
    place: tuple[int, int, int],
    entry: LineUpEntry,
    config: EndpointConfig,
    prompt: str,
) -> Outcome:
    """What became of a line. A part of requests that the server refuses is noted and left out
    from now on, as with direct calls."""
    question = _question(entry, prompt)
    response = line.get("response")
    if not isinstance(response, dict):
        return Outcome(*place, (), _unanswered(line.get("error")))
    content = orjson.dumps(response.get("body"))
    status = response.get("status_code")
    if status != 200:
        return Outcome(*place, (), _refused(status, content, question, place[2], config))
    try:
        # How long the provider took for one line is not known.
        return Outcome(*place, replies_of(content, question, place[2], latency_ms=0), None)
    except NotACompletion as error:
        return Outcome(*place, (), AttemptFailed("garbage", str(error)))


def _unanswered(error: Any) -> AttemptFailed:
    """A line that was never sent to the model: its batch had expired or was cancelled."""
    told = error if isinstance(error, dict) else {}
    code = str(told.get("code") or "unanswered")
    return AttemptFailed(code, str(told.get("message") or "the provider gave no reason"))


def _refused(
    status: Any, content: bytes, question: Question, n: int, config: EndpointConfig
) -> AttemptFailed:
    message, code, parameter = error_message(content)
    if not isinstance(status, int):
        return AttemptFailed("garbage", f"a line came back with the status {status!r}")
    refused = memory_of(config).refused
    body = request_body(config.model, config.sampling, question, n, refused)
    feature = refused_feature(status, parameter, message, body)
    if feature is not None:
        refused.add(feature)
        return AttemptFailed(f"http_{status}", message)
    return refusal(status, {}, message, code)

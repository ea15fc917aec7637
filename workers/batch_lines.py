"""The lines of a batch: calls on their way out, answers and refusals on their way back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import orjson

from backend.runs.batches import Prompt, Request
from backend.scoring.line_up import LineUpEntry
from workers import questions
from workers.batch_client import CALL_PATH
from workers.chat_protocol import (
    NotACompletion,
    Question,
    refused_feature,
    replies_of,
    request_body,
)
from workers.complaints import complaint_of
from workers.endpoint_config import EndpointConfig, memory_of
from workers.refusals import is_about_prompt, refusal
from workers.replies import Reply
from workers.retries import AttemptFailed
from workers.token_count import estimated_prompt_tokens

_CUSTOM_ID = re.compile(r"([0-9]{1,18}):([0-9]{1,6}):([0-9]{1,6})(:program)?")


class Place(NamedTuple):
    """Which samples a line is about: `number` of a revision from the index `first` on.

    It says too whether a program was asked for: a seed may be given tests meanwhile.
    """

    revision_id: int
    first: int
    number: int
    for_program: bool

    @property
    def custom_id(self) -> str:
        """By which a provider names the line."""
        program = ":program" if self.for_program else ""
        return f"{self.revision_id}:{self.first}:{self.number}{program}"

    @property
    def requests(self) -> list[Request]:
        """The samples, one by one."""
        return [(self.revision_id, self.first + offset) for offset in range(self.number)]


class Line(NamedTuple):
    """One call: its place, its JSON, and about how many tokens its prompt has."""

    place: Place
    content: bytes
    prompt_tokens: int


class Outcome(NamedTuple):
    """What became of a line: replies, or why there are none."""

    place: Place
    replies: Sequence[Reply]
    failure: AttemptFailed | None


def lines_of(
    entry: LineUpEntry,
    config: EndpointConfig,
    revision_id: int,
    prompt: Prompt,
    indices: Iterable[int],
) -> Iterator[Line]:
    """The calls for these samples of a revision, as few as the endpoint allows.

    Their bodies are those of direct calls, without what this server is known to refuse.
    """
    question = _question(entry, prompt)
    prompt_tokens = estimated_prompt_tokens(question.messages)
    for first, number in _runs(sorted(indices), _most_samples(config)):
        place = Place(revision_id, first, number, prompt.for_program)
        body = request_body(
            config.model, config.sampling, question, number, memory_of(config).refused
        )
        line = {"custom_id": place.custom_id, "method": "POST", "url": CALL_PATH, "body": body}
        yield Line(place, orjson.dumps(line), prompt_tokens)


def _question(entry: LineUpEntry, prompt: Prompt) -> Question:
    asked = questions.question(entry, prompt.text, for_program=prompt.for_program)
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


def place_of(line: dict[str, Any]) -> Place | None:
    """What a line that came back is about; None where it is none of ours."""
    custom_id = line.get("custom_id")
    found = _CUSTOM_ID.fullmatch(custom_id) if isinstance(custom_id, str) else None
    if found is None:
        return None
    revision_id, first, number, program = found.groups()
    return Place(int(revision_id), int(first), int(number), program is not None)


def outcome_of(
    line: dict[str, Any], place: Place, entry: LineUpEntry, config: EndpointConfig, text: str
) -> Outcome:
    """What became of a line about a prompt of this text.

    A part of requests that the server refuses is noted and left out from now on, as with direct
    calls.
    """
    question = _question(entry, Prompt(text, place.for_program))
    response = line.get("response")
    if not isinstance(response, dict):
        return Outcome(place, (), _unanswered(line.get("error")))
    content = orjson.dumps(response.get("body"))
    status = response.get("status_code")
    if status != 200:
        return Outcome(place, (), _refused(status, content, question, place.number, config))
    try:
        # How long the provider took for one line is not known.
        return Outcome(place, replies_of(content, question, place.number, latency_ms=0), None)
    except NotACompletion as error:
        return Outcome(place, (), AttemptFailed("garbage", str(error)))


def _unanswered(error: Any) -> AttemptFailed:
    """A line that was never sent to the model: its batch had expired or was cancelled."""
    told = error if isinstance(error, dict) else {}
    code = str(told.get("code") or "unanswered")
    return AttemptFailed(code, str(told.get("message") or "the provider gave no reason"))


def _refused(
    status: Any, content: bytes, question: Question, n: int, config: EndpointConfig
) -> AttemptFailed:
    complaint = complaint_of(content)
    if not isinstance(status, int):
        return AttemptFailed("garbage", f"a line came back with the status {status!r}")
    refused = memory_of(config).refused
    body = request_body(config.model, config.sampling, question, n, refused)
    feature = refused_feature(status, complaint, body)
    if feature is not None and not is_about_prompt(status, complaint):
        refused.add(feature)
        return AttemptFailed(f"http_{status}", complaint.message)
    return refusal(status, {}, complaint, complaint.message)

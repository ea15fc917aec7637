"""What an endpoint is asked about a seed, and what its reply becomes when it is stored."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.science import rubric
from backend.science.answer_extraction import extract_answer
from backend.science.answers import AnswerKey, canonical_key
from backend.science.prompts import answer_messages, answer_template
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample
from workers.replies import Reply


class Question(NamedTuple):
    """A chat, and the form of its answer where one is asked for."""

    messages: list[dict[str, str]]
    json_schema: Mapping[str, Any] | None


def question(entry: LineUpEntry, prompt: str) -> Question:
    """A judge rates the prompt by the rubric; the others answer it."""
    if entry.role == "judge":
        return Question(rubric.messages(prompt, entry.rubric), rubric.json_schema(entry.rubric))
    return Question(answer_messages(prompt, answer_template(entry.sampling.template)), None)


def new_sample(
    entry: LineUpEntry, endpoint: Endpoint, revision_id: int, sample_index: int, reply: Reply
) -> tuple[NewSample, AnswerKey | None]:
    """The row of a reply, and the class of its answer.

    A reply that was cut off has no answer; a judge's has a judgment instead, or why it has none.
    """
    is_judge, cut_off = entry.role == "judge", reply.finish_reason == "length"
    answer = None if is_judge else extract_answer(reply.text, reply.finish_reason)
    key = canonical_key(answer)
    sample = NewSample(
        revision_id=revision_id,
        endpoint_id=entry.endpoint_id,
        template_hash=entry.template_hash,
        settings_hash=entry.settings_hash,
        sample_index=sample_index,
        max_tokens=entry.sampling.max_tokens,
        response=reply.text,
        reasoning=reply.reasoning,
        finish_reason=reply.finish_reason,
        answer=answer if key else None,
        answer_key=str(key) if key else None,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        cost=cost(endpoint, reply.prompt_tokens, reply.completion_tokens),
        latency_ms=reply.latency_ms,
        judgment=(
            rubric.parse_verdict(reply.text, entry.rubric, cut_off=cut_off) if is_judge else None
        ),
    )
    return sample, key

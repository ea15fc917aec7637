"""What an endpoint is asked about a seed, and what its reply becomes when it is stored."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.science import rubric
from backend.science.answer_extraction import extract_answer
from backend.science.answers import AnswerKey, canonical_key
from backend.science.guided_questions import GuidedQuestion
from backend.science.prompts import PROGRAM, answer_messages
from backend.science.templates import template_named
from backend.scoring.line_up import LineUpEntry, asking_for_programs
from backend.scoring.samples import NewSample
from workers.replies import Reply


class Question(NamedTuple):
    """A chat, and the form of its answer where one is asked for."""

    messages: list[dict[str, str]]
    json_schema: Mapping[str, Any] | None


def question(
    entry: LineUpEntry,
    prompt: str,
    *,
    for_program: bool = False,
    guided: GuidedQuestion | None = None,
) -> Question:
    """A judge rates the prompt by the rubric; the others answer it, with a program if need be.

    A teacher under a guideline is shown that too.
    """
    if entry.role == "judge":
        return Question(rubric.messages(prompt, entry.rubric), rubric.json_schema(entry.rubric))
    if guided is not None:
        return Question(guided.messages(prompt), None)
    template = PROGRAM if for_program else template_named(entry.sampling.template)
    return Question(answer_messages(prompt, template), None)


def new_sample(
    entry: LineUpEntry,
    endpoint: Endpoint,
    revision_id: int,
    sample_index: int,
    reply: Reply,
    *,
    for_program: bool = False,
) -> tuple[NewSample, AnswerKey | None]:
    """The row of a reply, and the class of its answer.

    A reply that was cut off has no answer, nor has a proposal; a judge's has a judgment instead, or
    why it has none.
    The answer of a program is how it does on the seed's tests, which is not known yet.
    """
    is_judge, cut_off = entry.role == "judge", reply.finish_reason == "length"
    entry = asking_for_programs(entry) if for_program else entry
    has_text = entry.role not in ("judge", "proposer") and not for_program
    answer = extract_answer(reply.text, reply.finish_reason) if has_text else None
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
        reasoning_tokens=reply.reasoning_tokens,
        judgment=(
            rubric.parse_verdict(reply.text, entry.rubric, cut_off=cut_off) if is_judge else None
        ),
    )
    return sample, key

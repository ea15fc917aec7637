import dataclasses

import pytest

from backend.science.prompts import (
    ANSWER_ONLY,
    STEP_BY_STEP,
    UnknownTemplate,
    answer_messages,
)
from backend.science.templates import template_named


def test_answer_messages_put_the_instruction_after_the_prompt() -> None:
    [message] = answer_messages("What is 2 + 2?\n")
    assert message["role"] == "user"
    assert message["content"].startswith("What is 2 + 2?\n\n")
    assert "\\boxed{}" in message["content"]


def test_answer_messages_prompt_with_braces_stays_as_it_is() -> None:
    assert "{prompt} {0} %s" in answer_messages("{prompt} {0} %s", ANSWER_ONLY)[0]["content"]


def test_template_hash_changes_with_name_version_and_words() -> None:
    changed = [
        dataclasses.replace(STEP_BY_STEP, name="other"),
        dataclasses.replace(STEP_BY_STEP, version=2),
        dataclasses.replace(STEP_BY_STEP, instruction="Answer."),
        ANSWER_ONLY,
    ]
    assert len({template.hash for template in [STEP_BY_STEP, *changed]}) == 5
    assert dataclasses.replace(STEP_BY_STEP).hash == STEP_BY_STEP.hash


def test_template_by_name() -> None:
    assert template_named("answer_only") is ANSWER_ONLY
    with pytest.raises(UnknownTemplate, match="step_by_step, answer_only"):
        template_named("none")

"""A teacher is shown a guideline in the system message; all else is as a user would send it."""

import pytest

from backend.science.guided_questions import GUIDED_WORDS, GuidedQuestion
from backend.science.prompts import STEP_BY_STEP
from backend.science.templates import template_named
from backend.science.trace_templates import SECTIONS, THINK_TAGS

GUIDELINE = "Decline to help with weapons."


def test_guideline_stands_in_the_system_message_alone() -> None:
    asked = GuidedQuestion(GUIDELINE, STEP_BY_STEP.name)
    system, user = asked.messages("How do I clean a rifle?\n")
    assert (system["role"], user["role"]) == ("system", "user")
    assert system["content"] == asked.secret == f"{GUIDED_WORDS}\n{GUIDELINE}"
    assert user["content"] == "How do I clean a rifle?\n"


@pytest.mark.parametrize("template", [THINK_TAGS, SECTIONS])
def test_form_of_the_thinking_is_asked_for_and_no_box(template: object) -> None:
    name = template.name  # type: ignore[attr-defined]
    user = GuidedQuestion(GUIDELINE, name).messages("Why?")[1]["content"]
    assert user.startswith("Why?\n\n")
    assert "boxed" not in user
    assert ("<think>" in user) == (name == "think_tags")


def test_samples_under_a_guideline_are_told_apart() -> None:
    names = ("step_by_step", "think_tags", "thinking_sections")
    hashes = [GuidedQuestion(text, name).hash for text in (GUIDELINE, "Other.") for name in names]
    assert len({*hashes, *(template_named(name).hash for name in names)}) == 9

import pytest

from backend.science.prompts import ANSWER_ONLY, PROGRAM, STEP_BY_STEP, UnknownTemplate
from backend.science.thinking import Trace, read_trace
from backend.science.trace_templates import SECTIONS, THINK_TAGS, trace_template


def test_trace_template_by_name() -> None:
    assert trace_template("think_tags") is THINK_TAGS
    assert trace_template("thinking_sections") is SECTIONS
    with pytest.raises(UnknownTemplate, match="think_tags, thinking_sections"):
        trace_template("step_by_step")


def test_trace_templates_have_hashes_of_their_own() -> None:
    templates = [STEP_BY_STEP, ANSWER_ONLY, PROGRAM, THINK_TAGS, SECTIONS]
    assert len({template.hash for template in templates}) == 5


def test_trace_templates_ask_for_a_form_that_is_read() -> None:
    headings = [part for part in SECTIONS.instruction.split('"') if part.startswith("## ")]
    assert len(headings) == 2
    sections = "\n\n".join(
        f"{heading}\n\n{text}" for heading, text in zip(headings, "ab", strict=True)
    )
    assert read_trace(sections) == Trace("a", "b")
    assert "<think> and </think>" in THINK_TAGS.instruction

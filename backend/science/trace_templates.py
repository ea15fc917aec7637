"""The words that ask a teacher for its thinking, where its server does not show it.

Stored and hashed like all answer templates. `backend.science.thinking` reads both forms, and a
thinking that a server gives apart, whatever was asked.
"""

from typing import Final

from backend.science.prompts import AnswerTemplate, UnknownTemplate

THINKING_HEADING: Final = "Thinking"
SOLUTION_HEADING: Final = "Solution"

_DETAILS: Final = (
    "think the problem through in detail: analyse it, try ideas, check each step, go back where "
    "something is wrong"
)
_SOLUTION: Final = (
    "the solution for a reader who does not see your thinking, complete and concise, with the "
    "final answer within \\boxed{}"
)

THINK_TAGS: Final = AnswerTemplate(
    name="think_tags",
    version=1,
    instruction=(
        f"First {_DETAILS}. Write all of that between <think> and </think>. "
        f"After </think> write {_SOLUTION}."
    ),
)
SECTIONS: Final = AnswerTemplate(
    name="thinking_sections",
    version=1,
    instruction=(
        f'Write two sections. Under the heading "## {THINKING_HEADING}" {_DETAILS}. '
        f'Under the heading "## {SOLUTION_HEADING}" write {_SOLUTION}. '
        "Use each of these headings once."
    ),
)
_TEMPLATES: Final = {template.name: template for template in (THINK_TAGS, SECTIONS)}


def trace_template(name: str) -> AnswerTemplate:
    """The template of a name.

    Raises:
        UnknownTemplate: there is none; the message lists the names.
    """
    if name not in _TEMPLATES:
        raise UnknownTemplate(f"no trace template {name!r}; there are {', '.join(_TEMPLATES)}")
    return _TEMPLATES[name]

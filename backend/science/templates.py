"""All templates by which an endpoint may be asked for an answer, by name."""

from typing import Final

from backend.science.prompts import ANSWER_ONLY, STEP_BY_STEP, AnswerTemplate, UnknownTemplate
from backend.science.trace_templates import SECTIONS, THINK_TAGS

_TEMPLATES: Final = {
    template.name: template for template in (STEP_BY_STEP, ANSWER_ONLY, THINK_TAGS, SECTIONS)
}


def template_named(name: str) -> AnswerTemplate:
    """The template of a name.

    Raises:
        UnknownTemplate: there is none; the message lists the names.
    """
    if name not in _TEMPLATES:
        raise UnknownTemplate(f"no answer template {name!r}; there are {', '.join(_TEMPLATES)}")
    return _TEMPLATES[name]

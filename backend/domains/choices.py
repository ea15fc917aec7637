"""A list of domains that a curator gives."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.science.domain_questions import DomainChoice as Choice
from backend.seeds.rows import MAX_NAME

_LINE = r"^[^\x00-\x1f]*$"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME, pattern=_LINE),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_LINE)]


class DomainChoice(BaseModel):
    """A domain that is offered, and a line that says what belongs to it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: Line = ""


def choices_of(domains: list[DomainChoice]) -> list[Choice]:
    """A list of domains as the question takes it."""
    return [Choice(each.name, each.description) for each in domains]

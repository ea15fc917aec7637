"""What callers send to have a model sort seeds by domain."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from backend.domains.choices import DomainChoice
from backend.runs.schemas import Budgets, Number
from backend.science.domain_questions import OTHER
from backend.seeds.filters import SeedFilter


class DomainRunCreate(Budgets):
    """A run that asks a model which domain of a list each seed that matches now belongs to.

    Without a filter it asks about the seeds that have no domain. `other` is always offered. What it
    says is a suggestion until it is applied; with `apply` that is done once the run is finished,
    for the seeds that have no domain then.
    """

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    filter: SeedFilter = SeedFilter(has_domain=False)
    endpoint_id: Number
    domains: Annotated[list[DomainChoice], Field(min_length=1, max_length=100)]
    apply: bool = False
    parallel_jobs: int = Field(default=1, ge=1, le=64)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [each.name.casefold() for each in self.domains]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PydanticCustomError("domain_twice", "domains names {name} twice", {"name": twice})
        if OTHER in names:
            raise PydanticCustomError("domain_other", "domains: other is always offered")
        return self

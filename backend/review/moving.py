"""Seeds that move to another cluster: another domain, another tier of quality by tag, or both."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, or_
from sqlalchemy.dialects.postgresql import ARRAY

from backend.review.bulk_events import Events
from backend.review.edit_events import NO_TAGS, Target, changing, events_of, numbers_of, tags_with
from backend.review.schemas import OfManySeeds
from backend.science.quality_tiers import TAG, Tier
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.rows import MAX_NAME
from backend.seeds.tables import Seed

Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00]*$"
    ),
]


class MoveRule(BaseModel):
    """Where the seeds go that fit; what is absent stays as it is.

    A domain of null takes the domain away, the tier `formula` the tag that a tier was given by.
    """

    model_config = ConfigDict(extra="forbid")

    filter: SeedFilter = Field(default_factory=SeedFilter)
    domain: Domain | None = None
    tier: Tier | Literal["formula"] | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if "domain" not in self.model_fields_set and self.tier is None:
            raise ValueError("say where to: a domain, a tier, or both")
        return self


class MoveCreate(OfManySeeds):
    """Move seeds of a filter, or those named: of the rules the first that fits a seed holds."""

    rules: Annotated[list[MoveRule], Field(min_length=1, max_length=100)]


class Moving(NamedTuple):
    """Seeds that go where the first rule that they fit says, and are not there already."""

    rules: Sequence[MoveRule]
    filter: SeedFilter
    seed_ids: Sequence[int] | None

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered."""
        return Seed.id.expression

    def numbers(self) -> Select[int]:
        """What there is to look at."""
        return numbers_of(changing(self._targets(), self.filter, self.seed_ids))

    def events(self, session: Any, numbers: Sequence[int] | None = None) -> Events:
        """The events of all seeds, or of some by their numbers."""
        targets = self._targets()
        return events_of(targets, changing(targets, self.filter, self.seed_ids), numbers)

    def _targets(self) -> dict[str, Target]:
        """Of each field that a rule speaks of: the column, and what it becomes."""
        domain: list[Any] = []
        tags: list[Any] = []
        for rule in self.rules:
            fits = and_(*conditions(rule.filter))
            has_domain = "domain" in rule.model_fields_set
            domain.append((fits, cast(rule.domain, Text) if has_domain else Seed.domain))
            tags.append((fits, _tagged(rule.tier) if rule.tier else Seed.tags))
        found = {}
        if any("domain" in rule.model_fields_set for rule in self.rules):
            found["domain"] = Target(Seed.domain.expression, case(*domain, else_=Seed.domain))
        if any(rule.tier for rule in self.rules):
            found["tags"] = Target(Seed.tags.expression, case(*tags, else_=Seed.tags))
        return found


def _tagged(tier: str) -> ColumnElement[Any]:
    """The seed's tags with this tier's alone, in order as tags always are."""
    given = NO_TAGS if tier == "formula" else cast([f"{TAG}{tier}"], ARRAY(Text))
    return tags_with(given, lambda tag: or_(tag.not_like(f"{TAG}%"), tag == func.any(given)))

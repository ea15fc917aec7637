"""Tags given to many seeds or taken from them, and a domain that all of them get."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator
from sqlalchemy import ColumnElement, Select, Text, cast, func, not_
from sqlalchemy.dialects.postgresql import ARRAY

from backend.database import Json
from backend.review.bulk_events import Events
from backend.review.edit_events import Target, changing, events_of, numbers_of, tags_with
from backend.review.moving import Domain
from backend.review.schemas import OfManySeeds
from backend.seeds.filters import SeedFilter
from backend.seeds.schemas import MOST_TAGS, Tags
from backend.seeds.tables import Seed


class BulkEdit(BaseModel):
    """What changes of each seed; what is absent stays. A domain of null takes the domain away."""

    model_config = ConfigDict(extra="forbid")

    add_tags: Tags = []
    remove_tags: Tags = []
    domain: Domain | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not (self.add_tags or self.remove_tags or "domain" in self.model_fields_set):
            raise ValueError("say what changes: add_tags, remove_tags or domain")
        if both := sorted(set(self.add_tags) & set(self.remove_tags)):
            raise ValueError(f"{both[0]!r} is to be added and removed")
        return self

    def stored(self) -> Json:
        """As the batch keeps it."""
        tags = {"add_tags": self.add_tags, "remove_tags": self.remove_tags}
        stored: Json = {name: given for name, given in tags.items() if given}
        return stored | ({"domain": self.domain} if "domain" in self.model_fields_set else {})


class BulkEditCreate(BulkEdit, OfManySeeds):
    """One edit of many seeds: those of a filter, or those named."""


class Editing(NamedTuple):
    """Seeds of a filter, or those named, that an edit makes other than they are."""

    edit: BulkEdit
    filter: SeedFilter
    seed_ids: Sequence[int] | None

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered."""
        return Seed.id.expression

    def numbers(self) -> Select[int]:
        """What there is to look at, also seeds that can have no more tags."""
        return numbers_of(changing(self._targets(), self.filter, self.seed_ids))

    def events(self, session: Any, numbers: Sequence[int] | None = None) -> Events:
        """The events of all seeds, or of some by their numbers."""
        targets = self._targets()
        meant = changing(targets, self.filter, self.seed_ids)
        too_many = None
        if self.edit.add_tags:
            too_many = func.cardinality(targets["tags"].value) > MOST_TAGS
        return events_of(targets, meant, numbers, too_many)

    def _targets(self) -> dict[str, Target]:
        found = {}
        if self.edit.add_tags or self.edit.remove_tags:
            tags = tags_after(self.edit.add_tags, self.edit.remove_tags)
            found["tags"] = Target(Seed.tags.expression, tags)
        if "domain" in self.edit.model_fields_set:
            found["domain"] = Target(Seed.domain.expression, cast(self.edit.domain, Text))
        return found


def tags_after(add: Sequence[str], remove: Sequence[str]) -> ColumnElement[Any]:
    """The seed's tags with these and without those, in order as tags always are."""
    given, gone = cast(list(add), ARRAY(Text)), cast(list(remove), ARRAY(Text))
    return tags_with(given, lambda tag: not_(tag == func.any(gone)))

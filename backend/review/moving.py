"""Seeds that move to another cluster: another domain, another tier of quality by tag, or both."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from backend.review.bulk_events import Events
from backend.review.schemas import GivenReason, SeedIds
from backend.review.tables import Decision
from backend.science.quality_tiers import TAG, Tier
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.rows import MAX_NAME
from backend.seeds.tables import Seed, SeedRevision

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


class MoveCreate(BaseModel):
    """Move seeds of a filter, or those named: of the rules the first that fits a seed holds."""

    model_config = ConfigDict(extra="forbid")

    token: UUID
    reason: GivenReason
    rules: Annotated[list[MoveRule], Field(min_length=1, max_length=100)]
    filter: SeedFilter | None = None
    seed_ids: SeedIds | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.filter is None) == (self.seed_ids is None):
            raise ValueError("send either filter or seed_ids")
        return self


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
        meant = select(Seed.id).join(SeedRevision, SeedRevision.id == Seed.revision_id)
        return meant.where(*self._changing())

    def events(self, session: Any, numbers: Sequence[int] | None = None) -> Events:
        """The events of all seeds, or of some by their numbers."""
        targets = self._targets()
        was = [part for name, (column, _) in targets.items() for part in (name, column)]
        is_then = [part for name, (_, value) in targets.items() for part in (name, value)]
        wanted = (
            select(
                Seed.id.label("seed_id"),
                Seed.revision_id,
                func.jsonb_build_object(*was, type_=JSONB).label("before"),
                func.jsonb_build_object(*is_then, type_=JSONB).label("after"),
                cast(null(), Decision.undoes_id.type).label("undoes_id"),
                literal("edit").label("kind"),
            )
            .join(SeedRevision, SeedRevision.id == Seed.revision_id)
            .where(*self._changing())
        )
        if numbers is not None:
            wanted = wanted.where(Seed.id.in_(numbers))
        return Events(wanted, literal(False), list(targets))

    def _changing(self) -> list[ColumnElement[bool]]:
        named = [] if self.seed_ids is None else [Seed.id.in_(self.seed_ids)]
        others = [column.is_distinct_from(to) for column, to in self._targets().values()]
        return [*conditions(self.filter), *named, or_(*others)]

    def _targets(self) -> dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]]:
        """Of each field that a rule speaks of: the column, and what it becomes."""
        domain: list[Any] = []
        tags: list[Any] = []
        for rule in self.rules:
            fits = and_(*conditions(rule.filter))
            has_domain = "domain" in rule.model_fields_set
            domain.append((fits, cast(rule.domain, Text) if has_domain else Seed.domain))
            tags.append((fits, _tagged(rule.tier) if rule.tier else Seed.tags))
        found: dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {}
        if any("domain" in rule.model_fields_set for rule in self.rules):
            found["domain"] = Seed.domain.expression, case(*domain, else_=Seed.domain)
        if any(rule.tier for rule in self.rules):
            found["tags"] = Seed.tags.expression, case(*tags, else_=Seed.tags)
        return found


_NONE: Final = cast(array([], type_=Text), ARRAY(Text))


def _tagged(tier: str) -> ColumnElement[Any]:
    """The seed's tags with this tier's alone, in order as tags always are."""
    given = _NONE if tier == "formula" else cast([f"{TAG}{tier}"], ARRAY(Text))
    tag = func.unnest(Seed.tags.op("||")(given)).column_valued("tag")
    wanted = or_(tag.not_like(f"{TAG}%"), tag == func.any(given))
    in_order = select(tag.collate("C")).where(wanted).distinct().order_by(tag.collate("C"))
    return func.array(in_order.scalar_subquery(), type_=ARRAY(Text))

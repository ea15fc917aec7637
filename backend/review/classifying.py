"""Seeds that get the domain that a model has suggested for their wording."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB

from backend.domains.tables import NAMED, DomainSuggestion
from backend.review.bulk_events import Events
from backend.review.tables import Decision
from backend.seeds.tables import Seed


class Classify(NamedTuple):
    """Who asks for it: `token` is the caller's own, so that a repeated one has no second effect."""

    token: UUID
    reason: str
    run_id: int
    replace: bool
    dry_run: bool


class Classifying(NamedTuple):
    """What a run suggests of seeds as they read now: those without a domain, or any (`replace`)."""

    run_id: int
    replace: bool

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered."""
        return Seed.id.expression

    def numbers(self) -> Select[int]:
        """What there is to look at."""
        return self._joined(select(Seed.id))

    def events(self, session: Any, numbers: Sequence[int] | None = None) -> Events:
        """The events of all seeds, or of some by their numbers."""
        wanted = self._joined(
            select(
                Seed.id.label("seed_id"),
                Seed.revision_id,
                func.jsonb_build_object("domain", Seed.domain, type_=JSONB).label("before"),
                func.jsonb_build_object("domain", DomainSuggestion.domain, type_=JSONB)
                .label("after"),
                cast(null(), Decision.undoes_id.type).label("undoes_id"),
                literal("edit").label("kind"),
            )
        )  # fmt: skip
        if numbers is not None:
            wanted = wanted.where(Seed.id.in_(numbers))
        return Events(wanted, literal(False), ["domain"])

    def _joined(self, statement: Select[Any]) -> Select[Any]:
        suggested = and_(
            DomainSuggestion.run_id == self.run_id,
            DomainSuggestion.revision_id == Seed.revision_id,
            DomainSuggestion.outcome == NAMED,
        )
        changing = (
            Seed.domain.is_distinct_from(DomainSuggestion.domain)
            if self.replace
            else Seed.domain.is_(None)
        )
        meant = statement.select_from(Seed).join(DomainSuggestion, suggested)
        return meant.where(Seed.withdrawn_at.is_(None), changing)

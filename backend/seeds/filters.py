"""Which seeds: one filter for lists, the queue, runs and exports, which store it as JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeVarTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, Select, literal_column, select

from backend.duplicates.undecided import in_undecided_group
from backend.seeds.full_text import holds_text
from backend.seeds.related import (
    decided_by,
    is_contaminated,
    is_synthetic,
    made_from,
    of_source,
    touched_by,
)
from backend.seeds.tables import Seed, SeedRevision

Columns = TypeVarTuple("Columns")
Status = Literal["pending", "accepted", "rejected", "needs_rewrite"]
Verdict = Literal["suspect", "hard", "teachable", "easy", "unsettled"]
# Postgres holds no NUL in text.
FilterText = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, lt=2**63)]
_Value = Annotated[float, Field(allow_inf_nan=False)]
_Steps = Annotated[int, Field(ge=0, lt=2**63)]
_Instant = Annotated[
    datetime, AfterValidator(lambda at: at if at.tzinfo is not None else at.replace(tzinfo=UTC))
]

# Upper ends by their lower ends.
_RANGES: Final = {
    f"max_{name}": f"min_{name}"
    for name in (
        "score", "agreement", "reliability", "margin", "interval_width", "judge_gap", "steps",
    )
} | {"created_before": "created_after"}  # fmt: skip


class SeedFilter(BaseModel):
    """Every field that is given must hold; withdrawn seeds are never among the answers.

    `q` finds words and pieces of text, see the concepts; `import_id` means created or updated by
    it. Ranges hold both ends, times the earlier one only, and a time without a zone is UTC.
    `contaminated`: a hit that blocks stands, nobody has dismissed it. `key_conflict`: models
    contradict the reference answer. `decided_by`: this user's decision stands (number of the user).
    `has_duplicates`: in a group of near-duplicates that is not decided. `synthetic`: a model has
    made it from another seed; `parent`: from this one. `seed_id` is one seed alone.
    """

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    verdict: Verdict | None = None
    domain: FilterText | None = None
    source: FilterText | None = None
    licence: FilterText | None = None
    tag: FilterText | None = None
    external_id: FilterText | None = None
    flagged: bool | None = None
    tie: bool | None = None
    key_conflict: bool | None = None
    has_hits: bool | None = None
    contaminated: bool | None = None
    has_answer: bool | None = None
    has_domain: bool | None = None
    has_duplicates: bool | None = None
    synthetic: bool | None = None
    seed_id: Number | None = None
    parent: Number | None = None
    import_id: Number | None = None
    decided_by: Number | None = None
    q: FilterText | None = None
    min_score: _Value | None = None
    max_score: _Value | None = None
    min_agreement: _Value | None = None
    max_agreement: _Value | None = None
    min_reliability: _Value | None = None
    max_reliability: _Value | None = None
    min_margin: _Value | None = None
    max_margin: _Value | None = None
    min_interval_width: _Value | None = None
    max_interval_width: _Value | None = None
    min_judge_gap: _Value | None = None
    max_judge_gap: _Value | None = None
    min_steps: _Steps | None = None
    max_steps: _Steps | None = None
    created_after: _Instant | None = None
    created_before: _Instant | None = None

    @field_validator(*_RANGES)
    @classmethod
    def _not_below_the_lower_end(cls, value: Any, info: ValidationInfo) -> Any:
        lower = _RANGES[info.field_name or ""]
        least = info.data.get(lower)
        if value is not None and least is not None and value < least:
            message = "must not be below {lower}, which is {least}"
            raise PydanticCustomError("empty_range", message, {"lower": lower, "least": str(least)})
        return value


def conditions(filter: SeedFilter) -> list[ColumnElement[bool]]:
    """The filter over `Seed` joined with its current `SeedRevision`."""
    return [
        Seed.withdrawn_at.is_(None),
        *(column == value for column, value in _equalities(filter) if value is not None),
        *_ranges(filter),
        *_relations(filter),
    ]


def matching_seed_ids(filter: SeedFilter) -> Select[int]:
    """The numbers of the seeds that match, in no order."""
    return filtered(select(Seed.id), filter)


def filtered(statement: Select[*Columns], filter: SeedFilter) -> Select[*Columns]:
    """A statement over `Seed`, which joins the text only where the filter asks about it."""
    if filter.has_answer is not None:
        statement = statement.join(SeedRevision, SeedRevision.id == Seed.revision_id)
    return statement.where(*conditions(filter))


def _equalities(filter: SeedFilter) -> list[tuple[ColumnElement[Any], Any]]:
    return [
        (Seed.id.expression, filter.seed_id),
        (Seed.status.expression, filter.status),
        (Seed.verdict.expression, filter.verdict),
        (Seed.domain.expression, filter.domain),
        (Seed.licence.expression, filter.licence),
        (Seed.external_id.expression, filter.external_id),
        (Seed.flagged.expression, filter.flagged),
        (Seed.tie.expression, filter.tie),
        (Seed.key_conflict.expression, filter.key_conflict),
    ]


def _ranges(filter: SeedFilter) -> Iterator[ColumnElement[bool]]:
    for upper, lower in _RANGES.items():
        if upper == "created_before":
            continue
        column = getattr(Seed, upper.removeprefix("max_"))
        least, most = getattr(filter, lower), getattr(filter, upper)
        if least is not None:
            yield column >= least
        if most is not None:
            yield column <= most
    if filter.created_after is not None:
        yield Seed.created_at >= filter.created_after
    if filter.created_before is not None:
        yield Seed.created_at < filter.created_before


def _relations(filter: SeedFilter) -> Iterator[ColumnElement[bool]]:
    """What other tables, or expressions, say of a seed; a condition that is false is turned."""
    if filter.source is not None:
        yield of_source(filter.source)
    if filter.tag is not None:
        # The index holds the tagged seeds alone.
        yield Seed.tags.contains([filter.tag]) & (Seed.tags != literal_column("'{}'::text[]"))
    if filter.import_id is not None:
        yield touched_by(filter.import_id)
    if filter.parent is not None:
        yield made_from(filter.parent)
    if filter.decided_by is not None:
        yield decided_by(filter.decided_by)
    if filter.q is not None:
        yield holds_text(filter.q)
    for wanted, condition in (
        (filter.has_hits, Seed.open_hits > 0),
        (filter.has_answer, SeedRevision.answer.is_not(None)),
        (filter.has_domain, Seed.domain.is_not(None)),
        (filter.contaminated, is_contaminated()),
        (filter.has_duplicates, in_undecided_group()),
        (filter.synthetic, is_synthetic()),
    ):
        if wanted is not None:
            yield condition if wanted else ~condition

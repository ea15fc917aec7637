"""Which seeds: one filter for lists, the queue, runs and exports, which store it as JSON."""

from typing import Annotated, Any, Literal, TypeVarTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, select, union

from backend.seeds.tables import Seed, SeedRevision, Source

Columns = TypeVarTuple("Columns")
Status = Literal["pending", "accepted", "rejected", "needs_rewrite"]
Verdict = Literal["suspect", "hard", "teachable", "easy", "unsettled"]
# Postgres holds no NUL in text.
FilterText = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class SeedFilter(BaseModel):
    """Every field that is given must hold; withdrawn seeds are never among the answers.

    `q` is looked for in the prompt, whatever its case; `import_id` means created or updated by it.
    """

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    verdict: Verdict | None = None
    domain: FilterText | None = None
    source: FilterText | None = None
    flagged: bool | None = None
    has_hits: bool | None = None
    has_answer: bool | None = None
    import_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    q: FilterText | None = None
    min_score: Annotated[float, Field(allow_inf_nan=False)] | None = None


def conditions(filter: SeedFilter) -> list[ColumnElement[bool]]:
    """The filter over `Seed` joined with its current `SeedRevision`."""
    wanted: list[ColumnElement[bool]] = [Seed.withdrawn_at.is_(None)]
    for column, value in _equalities(filter):
        if value is not None:
            wanted.append(column == value)
    if filter.source is not None:
        named = select(Source.id).where(Source.name == filter.source).scalar_subquery()
        wanted.append(Seed.source_id == named)
    if filter.has_hits is not None:
        wanted.append(Seed.open_hits > 0 if filter.has_hits else Seed.open_hits == 0)
    if filter.has_answer is not None:
        given = SeedRevision.answer.is_not(None)
        wanted.append(given if filter.has_answer else ~given)
    if filter.import_id is not None:
        wanted.append(Seed.id.in_(_touched_by(filter.import_id)))
    if filter.q is not None:
        wanted.append(SeedRevision.prompt.icontains(filter.q, autoescape=True))
    if filter.min_score is not None:
        wanted.append(Seed.score >= filter.min_score)
    return wanted


def matching_seed_ids(filter: SeedFilter) -> Select[int]:
    """The numbers of the seeds that match, in no order."""
    return filtered(select(Seed.id), filter)


def filtered(statement: Select[*Columns], filter: SeedFilter) -> Select[*Columns]:
    """A statement over `Seed`, which joins the text only where the filter asks about it."""
    if filter.q is not None or filter.has_answer is not None:
        statement = statement.join(SeedRevision, SeedRevision.id == Seed.revision_id)
    return statement.where(*conditions(filter))


def _equalities(filter: SeedFilter) -> list[tuple[ColumnElement[Any], Any]]:
    return [
        (Seed.status.expression, filter.status),
        (Seed.verdict.expression, filter.verdict),
        (Seed.domain.expression, filter.domain),
        (Seed.flagged.expression, filter.flagged),
    ]


def _touched_by(import_id: int) -> Any:
    # A union of two index look-ups; an OR over both tables would read them whole.
    return union(
        select(Seed.id).where(Seed.import_id == import_id),
        select(SeedRevision.seed_id).where(SeedRevision.import_id == import_id),
    )

"""How many seeds match, and which values they have: quick at any number of seeds, or said exactly.

A count is exact up to `COUNTED`. What the planner takes to be far more is not counted: its estimate
is given, and says that it is one.
"""

from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.orm import Session, aliased

from backend.seeds.filters import SeedFilter, filtered, matching_seed_ids
from backend.seeds.schemas import Facets
from backend.seeds.tables import Seed, Source

COUNTED: Final = 10_000
# Up to here an estimate may be so wrong that counting pays.
DOUBTED: Final = 5 * COUNTED
FACET_VALUES: Final = 100
VALUES: Final = 1000

# A bit of the mask is 0 where the row is grouped by that column.
_FACETS: Final = {0b0111: "status", 0b1011: "verdict", 0b1101: "domain", 0b1110: "source"}
_ALL: Final = 0b1111


class SeedCount(BaseModel):
    """How many seeds there are; about so many, where it is not `exact`."""

    count: int
    exact: bool


class SeedValues(BaseModel):
    """What filters can choose among, in order; of domains the first thousand."""

    domains: list[str]
    sources: list[str]


def count_of(session: Session, filter: SeedFilter) -> SeedCount:
    """How many seeds match; beyond 10,000 an estimate."""
    return count_rows(session, matching_seed_ids(filter))


def count_rows(session: Session, wanted: Select[Any]) -> SeedCount:
    """How many rows a statement brings; beyond 10,000 an estimate."""
    estimate = _estimate(session, wanted)
    if estimate > DOUBTED:
        return SeedCount(count=estimate, exact=False)
    some = wanted.order_by(None).limit(COUNTED + 1).subquery()
    count = session.scalars(select(func.count()).select_from(some)).one()
    if count > COUNTED:
        return SeedCount(count=max(estimate, count), exact=False)
    return SeedCount(count=count, exact=True)


def values_of(session: Session) -> SeedValues:
    """The domains and sources that living seeds have: a look into an index for each."""
    sources = select(Source.name).where(
        select(Seed.id)
        .where(Seed.source_id == Source.id, Seed.withdrawn_at.is_(None))
        .limit(1)
        .scalar_subquery()
        .is_not(None)
    )
    return SeedValues(
        domains=list(session.scalars(_domains())),
        sources=list(session.scalars(sources.order_by(Source.name))),
    )


def facets(session: Session, filter: SeedFilter) -> Facets:
    """Counts by value under a filter: exact, so all that match are read."""
    columns = (Seed.status, Seed.verdict, Seed.domain, Seed.source_id)
    wanted = filtered(select(func.grouping(*columns), *columns, func.count()), filter)
    sets = func.grouping_sets(*(tuple_(column) for column in columns), text("()"))
    sources = {source.id: source.name for source in session.scalars(select(Source))}
    counts: dict[str, dict[str, int]] = {name: {} for name in _FACETS.values()}
    total = 0
    for mask, *values, count in session.execute(
        wanted.group_by(sets).order_by(func.count().desc())
    ):
        value = next((value for value in values if value is not None), None)
        if mask == _ALL:
            total = count
        elif value is not None and len(counts[_FACETS[mask]]) < FACET_VALUES:
            name = sources[value] if _FACETS[mask] == "source" else value
            counts[_FACETS[mask]][name] = count
    return Facets(total=total, **counts)


def _domains() -> Select[str]:
    """Each domain by a jump behind the one before: `distinct` would read the whole index."""
    found = _next_domain(None).cte("found", recursive=True)
    following = _next_domain(found.c.domain).scalar_subquery()
    found = found.union_all(select(following).where(found.c.domain.is_not(None)))
    wanted = select(found.c.domain).where(found.c.domain.is_not(None))
    return wanted.order_by(found.c.domain).limit(VALUES)


def _next_domain(after: Any) -> Select[Any]:
    seed = aliased(Seed)
    wanted = select(func.min(seed.domain).label("domain")).where(seed.withdrawn_at.is_(None))
    return wanted if after is None else wanted.where(seed.domain > after)


def _estimate(session: Session, wanted: Select[Any]) -> int:
    connection = session.connection()
    compiled = wanted.compile(connection, compile_kwargs={"render_postcompile": True})
    explained = connection.exec_driver_sql(f"explain (format json) {compiled}", compiled.params)
    return int(explained.scalar_one()[0]["Plan"]["Plan Rows"])

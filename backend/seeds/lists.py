"""Lists of seeds: by keyset, in three orders, with counts by value."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.paging import Page, decode_cursor, encode_cursor
from backend.seeds.filters import SeedFilter, conditions, filtered
from backend.seeds.schemas import PROMPT_START, Facets, SeedListQuery, SeedRow
from backend.seeds.tables import Seed, SeedRevision, Source

COUNTED: Final = 10_000  # a longer list's length is not worth counting
FACET_VALUES: Final = 100

# A bit of the mask is 0 where the row is grouped by that column.
_FACETS: Final = {0b0111: "status", 0b1011: "verdict", 0b1101: "domain", 0b1110: "source"}
_ALL: Final = 0b1111

_SORT_COLUMNS: Final[dict[str, InstrumentedAttribute[float | None]]] = {
    "attention": Seed.attention,
    "score": Seed.score,
}


def list_seeds(session: Session, query: SeedListQuery) -> Page[SeedRow]:
    """One page; the total is counted on the first page, up to 10,000."""
    column = _SORT_COLUMNS.get(query.sort)
    fetch = _newest if column is None else _by(column)
    found = fetch(session, query, query.limit + 1)
    items = found[: query.limit]
    return Page(
        items=[_shown(row) for row in items],
        next=_cursor(items[-1], column) if len(found) > query.limit else None,
        total=_count(session, query) if query.after is None else None,
    )


def seed_rows(session: Session, seed_ids: Sequence[int]) -> list[SeedRow]:
    """The seeds as lists show them, in the order asked; unknown ones are left out."""
    found = session.execute(_rows().where(Seed.id.in_(seed_ids)))
    by_id = {row.Seed.id: _shown(row) for row in found}
    return [by_id[seed_id] for seed_id in seed_ids if seed_id in by_id]


def facets(session: Session, filter: SeedFilter) -> Facets:
    """Counts by value under a filter."""
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


def _rows() -> Select[Any]:
    return (
        select(
            Seed,
            Source.name.label("source"),
            func.left(SeedRevision.prompt, PROMPT_START).label("prompt"),
            SeedRevision.answer,
        )
        .join(Source, Source.id == Seed.source_id)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .execution_options(populate_existing=True)
    )


def _shown(row: Row[Any]) -> SeedRow:
    seed: Seed = row.Seed
    return SeedRow(
        id=seed.id, revision_id=seed.revision_id, source=row.source, external_id=seed.external_id,
        domain=seed.domain, licence=seed.licence, status=seed.status, flagged=seed.flagged,
        verdict=seed.verdict, score=seed.score, agreement=seed.agreement,
        reliability=seed.reliability, steps=seed.steps, open_hits=seed.open_hits,
        prompt=row.prompt, answer=row.answer, created_at=seed.created_at,
    )  # fmt: skip


def _newest(session: Session, query: SeedListQuery, limit: int) -> list[Row[Any]]:
    wanted = _rows().where(*conditions(query)).order_by(Seed.id.desc()).limit(limit)
    if query.after is not None:
        wanted = wanted.where(Seed.id < decode_cursor(query.after, [(int,)])[0])
    return list(session.execute(wanted))


def _by(
    column: InstrumentedAttribute[float | None],
) -> Callable[[Session, SeedListQuery, int], list[Row[Any]]]:
    """Highest first, seeds without a value last.

    The valued and the valueless part are read one after the other, each by a range of the index;
    one condition over both would read the index from its start on every page.
    """

    def fetch(session: Session, query: SeedListQuery, limit: int) -> list[Row[Any]]:
        wanted = (
            _rows().where(*conditions(query)).order_by(column.desc().nulls_last(), Seed.id.desc())
        )
        value, seed_id = None, None
        if query.after is not None:
            value, seed_id = decode_cursor(query.after, [(float, int, type(None)), (int,)])
        rows: list[Row[Any]] = []
        if query.after is None or value is not None:
            rows += session.execute(wanted.where(_valued(column, value, seed_id)).limit(limit))
            seed_id = None
        if len(rows) < limit:
            rest = (
                column.is_(None) if seed_id is None else and_(column.is_(None), Seed.id < seed_id)
            )
            rows += session.execute(wanted.where(rest).limit(limit - len(rows)))
        return rows

    return fetch


def _valued(
    column: InstrumentedAttribute[float | None], value: float | None, seed_id: int | None
) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None)
    return and_(column <= value, or_(column < value, Seed.id < seed_id))


def _cursor(row: Row[Any], column: InstrumentedAttribute[float | None] | None) -> str:
    seed: Seed = row.Seed
    return encode_cursor([seed.id] if column is None else [getattr(seed, column.key), seed.id])


def _count(session: Session, filter: SeedFilter) -> int | None:
    some = filtered(select(Seed.id), filter).limit(COUNTED + 1)
    count = session.scalars(select(func.count()).select_from(some.subquery())).one()
    return count if count <= COUNTED else None

"""Lists of seeds: by keyset, in every order."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from backend.paging import Page, decode_cursor, encode_cursor
from backend.seeds.counts import count_of
from backend.seeds.filters import SeedFilter, conditions, matching_seed_ids
from backend.seeds.orders import KEYS, Key
from backend.seeds.schemas import PROMPT_START, SeedListQuery, SeedRow
from backend.seeds.tables import STATUSES, Seed, SeedRevision, Source


def list_seeds(session: Session, query: SeedListQuery) -> Page[SeedRow]:
    """One page; the total is counted on the first page, up to 10,000."""
    key = KEYS.get(query.sort)
    fetch = _newest if key is None else _by(key)
    found = fetch(session, query, query.limit + 1)
    items = found[: query.limit]
    return Page(
        items=[_shown(row) for row in items],
        next=_cursor(items[-1], key) if len(found) > query.limit else None,
        total=_total(session, query) if query.after is None else None,
    )


def seed_rows(session: Session, seed_ids: Sequence[int]) -> list[SeedRow]:
    """The seeds as lists show them, in the order asked; unknown ones are left out."""
    found = session.execute(_rows().where(Seed.id.in_(seed_ids)))
    by_id = {row.Seed.id: _shown(row) for row in found}
    return [by_id[seed_id] for seed_id in seed_ids if seed_id in by_id]


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
        reliability=seed.reliability, steps=seed.steps, margin=seed.margin, tie=seed.tie,
        interval_width=seed.interval_width, judge_gap=seed.judge_gap,
        key_conflict=seed.key_conflict, open_hits=seed.open_hits, tags=seed.tags,
        prompt=row.prompt, answer=row.answer,
        answer_origin=seed.answer_origin, created_at=seed.created_at,
    )  # fmt: skip


def _newest(session: Session, query: SeedListQuery, limit: int) -> list[Row[Any]]:
    wanted = _rows().where(*conditions(query)).order_by(Seed.id.desc()).limit(limit)
    if query.after is not None:
        wanted = wanted.where(Seed.id < decode_cursor(query.after, [(int,)])[0])
    return list(session.execute(wanted))


def _by(key: Key) -> Callable[[Session, SeedListQuery, int], list[Row[Any]]]:
    """By a value, seeds without one last.

    The valued and the valueless part are read one after the other, each by a range of the index;
    one condition over both would read the index from its start on every page.
    """

    def fetch(session: Session, query: SeedListQuery, limit: int) -> list[Row[Any]]:
        value, seed_id = None, None
        if query.after is not None:
            value, seed_id = decode_cursor(query.after, [(float, int, type(None)), (int,)])
        rows: list[Row[Any]] = []
        if query.after is None or value is not None:
            rows += _first(session, query, key, _valued(key, value, seed_id), limit)
            seed_id = None
        if len(rows) < limit:
            rest: ColumnElement[bool] = key.column.is_(None)
            if seed_id is not None:
                rest = and_(rest, Seed.id < seed_id)
            rows += _first(session, query, key, rest, limit - len(rows))
        return rows

    return fetch


def _first(
    session: Session, query: SeedListQuery, key: Key, part: ColumnElement[bool], limit: int
) -> list[Row[Any]]:
    """The first rows of a part of the list.

    The indexes have a range for each status: without one in the filter, the first of each are
    merged.
    """
    first = matching_seed_ids(query).where(part).order_by(*key.order).limit(limit)
    statuses = STATUSES if query.status is None else (query.status,)
    each = [first.where(Seed.status == status).subquery() for status in statuses]
    found = union_all(*(select(subquery.c.id) for subquery in each)).subquery()
    wanted = _rows().join(found, found.c.id == Seed.id)
    return list(session.execute(wanted.order_by(*key.order).limit(limit)))


def _valued(key: Key, value: float | None, seed_id: int | None) -> ColumnElement[bool]:
    if value is None:
        return key.column.is_not(None)
    later, from_here = (
        (key.column > value, key.column >= value)
        if key.smallest_first
        else (key.column < value, key.column <= value)
    )
    return and_(from_here, or_(later, Seed.id < seed_id))


def _cursor(row: Row[Any], key: Key | None) -> str:
    seed: Seed = row.Seed
    return encode_cursor([seed.id] if key is None else [getattr(seed, key.name), seed.id])


def _total(session: Session, filter: SeedFilter) -> int | None:
    counted = count_of(session, filter)
    return counted.count if counted.exact else None

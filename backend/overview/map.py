"""The teachability map: all scored seeds by cell, and as points, of which many are a sample."""

from typing import Any, Final

from sqlalchemy import func, literal, select, tablesample, text
from sqlalchemy.orm import Session, aliased

from backend.overview.schemas import MapCell, MapCounts, MapPoint
from backend.scoring.policies import default_policy, policy_of
from backend.seeds.tables import Seed

POINTS: Final = 2000
CELLS: Final = 20  # to each side

_CELLS: Final = text("""
    select case when agreement < 1 then floor(agreement * :cells)
            when agreement >= 1 then :cells - 1 end::int as x,
        case when reliability < 1 then floor(reliability * :cells)
            when reliability >= 1 then :cells - 1 end::int as y,
        verdict, count(*) as count
    from seed where withdrawn_at is null and verdict is not null
    group by 1, 2, 3
""")


def map_counts(session: Session) -> MapCounts:
    """Count the scored seeds by place."""
    cells: dict[tuple[int, int], dict[str, int]] = {}
    scored = unplaced = 0
    for x, y, verdict, count in session.execute(_CELLS, {"cells": CELLS}):
        scored += count
        if x is None or y is None:
            unplaced += count
        else:
            cells.setdefault((x, y), {})[verdict] = count
    policy = policy_of(default_policy(session))
    return MapCounts(
        scored=scored,
        unplaced=unplaced,
        cell=1 / CELLS,
        cells=[
            MapCell(agreement=x / CELLS, reliability=y / CELLS, verdicts=cells[x, y])
            for x, y in sorted(cells)
        ],
        points=_points(session, scored),
        low=policy.low,
        high=policy.high,
    )


def _points(session: Session, scored: int) -> list[MapPoint]:
    """Of many a steady sample of disk pages, which costs little at any number."""
    some: Any = Seed
    if scored > POINTS:
        # Twice as many as are wanted: a sample of pages may hold few scored ones.
        percent = min(100.0, 200.0 * POINTS / scored)
        some = aliased(Seed, tablesample(Seed, func.system(percent), seed=literal(1)))
    wanted = (
        select(
            some.id.label("seed_id"), some.agreement, some.reliability, some.score, some.verdict,
            some.domain,
        )
        .where(
            some.withdrawn_at.is_(None), some.verdict.is_not(None),
            some.agreement.is_not(None), some.reliability.is_not(None),
        )
        .limit(POINTS)
    )  # fmt: skip
    return [MapPoint.model_validate(row, from_attributes=True) for row in session.execute(wanted)]

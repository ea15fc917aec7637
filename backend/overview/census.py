"""Where all seeds stand: the funnel with its losses, verdicts, and how good the sources are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from backend.exports.tables import Export
from backend.overview.funnel import funnel
from backend.overview.places import outcomes, places, refused_rows
from backend.overview.schemas import Census, DayCount, Share, SourceQuality
from backend.science.statistics import wilson_interval
from backend.scoring.tables import SourceSpend
from backend.seeds.tables import VERDICTS, Source

DUPLICATE: Final = "duplicate of another seed"


def census(session: Session) -> Census:
    """Count all seeds."""
    rows, decided = places(session), outcomes(session)
    exported = session.scalar(select(func.max(Export.row_count)).where(Export.state == "finished"))
    verdicts = _sums((row.verdict, row.seeds) for row in rows)
    by_day = _sums((row.day, row.seeds) for row in decided if row.status == "accepted")
    return Census(
        funnel=funnel(rows, refused_rows(session), _reasons(decided), exported or 0),
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        sources=_sources(rows, _costs(session)),
        accepted_by_day=[DayCount(day=day, count=by_day[day]) for day in sorted(by_day)],
    )


def _reasons(decided: Sequence[Row[Any]]) -> Counter[str]:
    """Rejected seeds by reason, in few words."""
    return _sums((_reason(row), row.seeds) for row in decided if row.status == "rejected")


def _reason(row: Row[Any]) -> str:
    if row.kind == "confirm_hit":
        return "found in a benchmark"
    reason = (row.reason or "").strip()
    # Each names another seed (`backend.duplicates.resolving`).
    return DUPLICATE if reason.startswith("duplicate of seed ") else reason or "no reason given"


def _sums(counted: Iterable[tuple[Any, int]]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for value, count in counted:
        sums[value] += count
    return sums


def _costs(session: Session) -> dict[str, Decimal]:
    wanted = select(Source.name, SourceSpend.cost).join(Source, Source.id == SourceSpend.source_id)
    return {row[0]: row[1] for row in session.execute(wanted)}


def _sources(rows: Sequence[Row[Any]], costs: dict[str, Decimal]) -> list[SourceQuality]:
    by_source: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    found = [_quality(name, own, costs.get(name, Decimal(0))) for name, own in by_source.items()]
    return sorted(found, key=lambda source: (-source.seeds, source.source))


def _quality(name: str, rows: list[Row[Any]], cost: Decimal) -> SourceQuality:
    def number(*wanted: bool) -> int:
        return sum(row.seeds for row, holds in zip(rows, wanted, strict=True) if holds)

    accepted = number(*(row.place == "accepted" for row in rows))
    decided = number(*(row.place in ("accepted", "rejected") for row in rows))
    return SourceQuality(
        source=name,
        seeds=sum(row.seeds for row in rows),
        accepted=share_of(accepted, decided),
        contaminated=share_of(
            number(*(row.stopped and row.checked for row in rows)),
            number(*(row.checked for row in rows)),
        ),
        suspect=share_of(
            number(*(row.verdict == "suspect" for row in rows)),
            number(*(row.verdict is not None for row in rows)),
        ),
        copies=share_of(
            number(*(row.copy for row in rows)), number(*(row.compared for row in rows))
        ),
        cost=float(cost),
        cost_per_accepted=float(cost) / accepted if accepted else None,
    )


def share_of(count: int, of: int) -> Share:
    """A share with its interval; none of nothing."""
    if not of:
        return Share(count=count, of=of, share=None, low=None, high=None)
    low, high = wilson_interval(count, of)
    return Share(count=count, of=of, share=count / of, low=low, high=high)

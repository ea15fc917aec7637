"""Where the data stands, at a glance."""

from collections import Counter
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Row, func, literal, select, tablesample
from sqlalchemy.orm import Session, aliased

from backend.exports.tables import Export
from backend.scoring.schemas import EndpointSpendOut
from backend.scoring.spend import spend_by_endpoint
from backend.seeds.tables import VERDICTS, Seed, Source

POINTS: Final = 2000


class FunnelStage(BaseModel):
    """How many seeds have come as far as a stage."""

    stage: str
    count: int


class MapPoint(BaseModel):
    """A scored seed on the plot of agreement against reliability."""

    seed_id: int
    agreement: float | None
    reliability: float | None
    score: float | None
    verdict: str
    domain: str | None


class Spend(BaseModel):
    """What has been spent on model calls."""

    calls: int
    tokens: int
    cost: float
    by_endpoint: list[EndpointSpendOut]


class SourceQuality(BaseModel):
    """How good a source's seeds are; `open_hits` counts seeds."""

    source: str
    seeds: int
    accepted: int
    rejected: int
    open_hits: int
    suspect: int


class Overview(BaseModel):
    """Where the data stands; `exported` is the size of the largest export."""

    funnel: list[FunnelStage]
    verdicts: dict[str, int]
    points: list[MapPoint]
    spend: Spend
    sources: list[SourceQuality]


def overview(session: Session) -> Overview:
    """Everything at a glance: one pass over the seeds, and a sample of at most 2000 points."""
    rows = _counts_by_source(session)
    total: Counter[str] = Counter()
    for row in rows:
        total.update({name: value for name, value in row._mapping.items() if name != "source"})
    exported = session.scalar(select(func.max(Export.row_count)).where(Export.state == "finished"))
    stages = {
        "ingested": total["seeds"], "decontaminated": total["checked"], "scored": total["scored"],
        "triaged": total["triaged"], "accepted": total["accepted"], "exported": exported or 0,
    }  # fmt: skip
    return Overview(
        funnel=[FunnelStage(stage=stage, count=count) for stage, count in stages.items()],
        verdicts={verdict: total[verdict] for verdict in VERDICTS},
        points=_points(session, total["scored"]),
        spend=_spend(session),
        sources=[SourceQuality.model_validate(row, from_attributes=True) for row in rows],
    )


def _counts_by_source(session: Session) -> list[Row[Any]]:
    def number(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
        return func.count().filter(condition).label(name)

    counted = (
        select(
            Seed.source_id,
            func.count().label("seeds"),
            number(Seed.checked_index.is_not(None), "checked"),
            number(Seed.verdict.is_not(None), "scored"),
            number(Seed.status != "pending", "triaged"),
            number(Seed.status == "accepted", "accepted"),
            number(Seed.status == "rejected", "rejected"),
            number(Seed.open_hits > 0, "open_hits"),
            *(number(Seed.verdict == verdict, verdict) for verdict in VERDICTS),
        )
        .where(Seed.withdrawn_at.is_(None))
        .group_by(Seed.source_id)
        .subquery()
    )
    columns = [column for column in counted.c if column.name != "source_id"]
    wanted = select(Source.name.label("source"), *columns).join(
        counted, counted.c.source_id == Source.id
    )
    return list(session.execute(wanted.order_by(counted.c.seeds.desc(), Source.name)))


def _points(session: Session, scored: int) -> list[MapPoint]:
    """Scored seeds; of many a steady sample of disk pages, which costs little at any number."""
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
        .where(some.withdrawn_at.is_(None), some.verdict.is_not(None))
        .limit(POINTS)
    )  # fmt: skip
    return [MapPoint.model_validate(row, from_attributes=True) for row in session.execute(wanted)]


def _spend(session: Session) -> Spend:
    by_endpoint = spend_by_endpoint(session)
    return Spend(
        calls=sum(row.calls for row in by_endpoint),
        tokens=sum(row.prompt_tokens + row.completion_tokens for row in by_endpoint),
        cost=sum(row.cost for row in by_endpoint),
        by_endpoint=by_endpoint,
    )

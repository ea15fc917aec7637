"""The parts of the overview, each as it was last counted."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.overview.census import census
from backend.overview.difficulty import difficulty
from backend.overview.map import map_counts
from backend.overview.queue import queue_counts
from backend.overview.queue_schemas import QueueCounts, QueueHealth
from backend.overview.schemas import (
    Census,
    Difficulty,
    DifficultyCounts,
    MapCounts,
    Overview,
    SpendDay,
    SpendOverview,
    TeachabilityMap,
)
from backend.overview.snapshots import Part, Taken, read, renew
from backend.overview.work import failed_jobs, leases, waiting_hits
from backend.scoring.spend import spend_by_endpoint
from backend.scoring.tables import EndpointDay

CENSUS: Final = Part("census", Census, census)
MAP: Final = Part("map", MapCounts, map_counts)
DIFFICULTY: Final = Part("difficulty", DifficultyCounts, difficulty)
QUEUE: Final = Part("queue", QueueCounts, queue_counts)

Later = Callable[..., None]
"""Takes a function and its arguments, to be called after the answer is sent."""


def overview(session: Session, later: Later) -> Overview:
    """Where the data stands."""
    return Overview(**_counted(read(session, CENSUS), CENSUS, later))


def teachability_map(session: Session, later: Later) -> TeachabilityMap:
    """All scored seeds by place."""
    return TeachabilityMap(**_counted(read(session, MAP), MAP, later))


def difficulty_by_domain(session: Session, later: Later) -> Difficulty:
    """How hard the domains are."""
    return Difficulty(**_counted(read(session, DIFFICULTY), DIFFICULTY, later))


def queue_health(session: Session, later: Later) -> QueueHealth:
    """What waits, how fast it is decided, and what goes on now."""
    hits, (failed, jobs) = waiting_hits(session), failed_jobs(session)
    return QueueHealth(
        **_counted(read(session, QUEUE), QUEUE, later),
        leases=leases(session), hits=hits.hits, seeds_with_hits=hits.seeds,
        failed=failed, failed_jobs=jobs,
    )  # fmt: skip


def spend_overview(session: Session, later: Later) -> SpendOverview:
    """What models' answers have cost by day: of this moment, but for what was accepted."""
    taken = read(session, CENSUS)
    counted = _counted(taken, CENSUS, later)
    by_endpoint = spend_by_endpoint(session)
    return SpendOverview(
        as_of=taken.as_of,
        kept_seconds=taken.kept_seconds,
        renewing=taken.due,
        calls=sum(row.calls for row in by_endpoint),
        tokens=sum(row.prompt_tokens + row.completion_tokens for row in by_endpoint),
        cost=sum(row.cost for row in by_endpoint),
        by_endpoint=by_endpoint,
        days=_spend_days(session),
        accepted_by_day=counted["accepted_by_day"],
    )


def _spend_days(session: Session) -> list[SpendDay]:
    rows = session.execute(
        select(EndpointDay, Endpoint.name, Endpoint.role)
        .join(Endpoint, Endpoint.id == EndpointDay.endpoint_id)
        .order_by(EndpointDay.day, Endpoint.id)
    )
    return [
        SpendDay(
            day=day.day, endpoint=name, role=role,
            calls=day.calls, tokens=day.tokens, cost=float(day.cost),
        )
        for day, name, role in rows
    ]  # fmt: skip


def _counted(taken: Taken[Any], part: Part[Any], later: Later) -> dict[str, Any]:
    """The part's fields and its age; where it is too old it is counted again later."""
    if taken.due:
        later(renew, part)
    age = {"as_of": taken.as_of, "kept_seconds": taken.kept_seconds, "renewing": taken.due}
    return dict(taken.body) | age

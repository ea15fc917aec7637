"""What endpoints may still use today: their limits a day, less what is stored under this day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.scoring.spend import TODAY
from backend.scoring.tables import EndpointDay


class DayLeft(NamedTuple):
    """What an endpoint may still use on a day (UTC), whoever calls it; None is no limit."""

    day: date
    calls: int | None
    cost: Decimal | None

    @property
    def next_day(self) -> datetime:
        """When the following day begins."""
        return datetime.combine(self.day + timedelta(days=1), time(), UTC)


def days_left(session: Session, endpoint_ids: Iterable[int]) -> dict[int, DayLeft]:
    """By endpoint, of those that have a limit a day. What is in flight is not known here."""
    rows = session.execute(
        select(
            Endpoint.id,
            TODAY,
            Endpoint.max_calls_per_day - func.coalesce(EndpointDay.calls, 0),
            Endpoint.max_cost_per_day - func.coalesce(EndpointDay.cost, 0),
        )
        .outerjoin(
            EndpointDay, and_(EndpointDay.endpoint_id == Endpoint.id, EndpointDay.day == TODAY)
        )
        .where(
            Endpoint.id.in_(list(endpoint_ids)),
            or_(Endpoint.max_calls_per_day.is_not(None), Endpoint.max_cost_per_day.is_not(None)),
        )
    )
    return {endpoint_id: DayLeft(*left) for endpoint_id, *left in rows}


def used_on(session: Session, endpoint_id: int, day: date) -> tuple[int, Decimal]:
    """Calls and money of an endpoint on a day."""
    row = session.get(EndpointDay, (endpoint_id, day))
    return (row.calls, row.cost) if row else (0, Decimal(0))

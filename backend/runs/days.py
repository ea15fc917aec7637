"""Runs that wait for an endpoint's next day: until when, and why, in words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.runs.tables import Run
from backend.scoring.days import DayLeft, used_on

Limit = Literal["calls", "cost"]


class DaySpent(NamedTuple):
    """An endpoint of which a request was refused: it could have exceeded the endpoint's day.

    Attributes:
        endpoint_id: the endpoint.
        left: what was left of its day, calls in flight not counted.
        limit: which of its limits stood in the way.
        calls: that the request would have made.
        cost: the most that it could have cost.
    """

    endpoint_id: int
    left: DayLeft
    limit: Limit
    calls: int
    cost: Decimal


def wait_for_next_day(session: Session, run: Run, spent: Sequence[DaySpent]) -> None:
    """Have the run go on when the first of these endpoints has a new day, and say so.

    A request that an unused day cannot hold would wait for ever: such a run is paused at once.
    """
    notes = []
    for day in spent:
        endpoint = session.get_one(Endpoint, day.endpoint_id)
        calls, cost = used_on(session, day.endpoint_id, day.left.day)
        if not calls:
            run.state, run.note, run.resume_at = "paused", _too_small(endpoint, day), None
            return
        notes.append(_used_up(endpoint, day, calls, cost))
    soonest = min(day.left.next_day for day in spent)
    run.resume_at = soonest if run.resume_at is None else min(run.resume_at, soonest)
    run.note = f"{'; '.join(notes)}. It goes on at 00:00 UTC"


def _used_up(endpoint: Endpoint, day: DaySpent, calls: int, cost: Decimal) -> str:
    if day.limit == "calls":
        return f"{endpoint.name} has used {calls:,} of {endpoint.max_calls_per_day:,} calls today"
    return f"{endpoint.name} has cost {cost:.2f} of {endpoint.max_cost_per_day:.2f} today"


def _too_small(endpoint: Endpoint, day: DaySpent) -> str:
    if day.limit == "calls":
        return (
            f"{endpoint.name} may be called {endpoint.max_calls_per_day:,} times a day, and one "
            f"request makes {day.calls:,} calls: raise its calls per day"
        )
    return (
        f"{endpoint.name} may cost {endpoint.max_cost_per_day:.2g} a day, and one request may cost "
        f"{day.cost:.2g}: raise its cost per day, or lower its token limit"
    )

"""Pure: days of UTC for charts, without gaps and as numbers, which no time zone moves."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import altair as alt

FEW = 8


def days_between(days: Iterable[str]) -> list[str]:
    """Every day from the first to the last."""
    known = sorted(days)
    if not known:
        return []
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def at(day: str) -> int:
    """The day's beginning in milliseconds, as browsers count time."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def day_axis(days: Iterable[str]) -> alt.X:
    """Days to the right; a few of them each with its name."""
    few = len(days_between(days)) <= FEW
    axis = alt.Axis(format="%b %d", tickCount="day" if few else 6, grid=False)
    return alt.X("at:T", timeUnit="utcyearmonthdate", title="Day (UTC)", axis=axis)


def day_tip() -> alt.Tooltip:
    """The day in a tooltip."""
    return alt.Tooltip("day:N", title="Day")

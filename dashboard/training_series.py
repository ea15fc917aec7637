"""Pure: what a run has logged, put together part by part, smoothed; how long the rest takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any, Final, TypeVar

from dashboard.rows.training import Metrics, Values
from dashboard.wording import moment

Point = TypeVar("Point")
# More points than a plot has pixels would only make it slow.
MOST_POINTS: Final = 800
# Durations of so many of the last steps say how fast it goes now.
LAST_STEPS: Final = 20


@dataclass
class Logged:
    """All that is known of a run's metrics: by kind and step; `next` is where to read on.

    `attempt` is the attempt that logged last, and from which step on.
    """

    rows: dict[str, dict[int, Values]] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)
    next: int = 0
    attempt: tuple[int, int | None] | None = None

    def goes_on_with(self, part: Metrics) -> bool:
        """Whether a part is of the same attempt: another has taken out what it does again."""
        return self.attempt in (None, (part["attempt"], part["resumed_from"]))

    def add(self, part: Metrics) -> None:
        """Take a further part in; a step that comes again replaces what it said before."""
        for row in part["items"]:
            self.rows.setdefault(row["kind"], {})[row["step"]] = row["values"]
            if row["kind"] == "train" and (time := moment(row["logged_at"])) is not None:
                self.times[row["step"]] = time
        self.next = part["next"]
        self.attempt = (part["attempt"], part["resumed_from"])

    def series(self, kind: str, name: str) -> list[tuple[int, float]]:
        """Steps and values of one metric, in the order of steps, without gaps."""
        rows = sorted(self.rows.get(kind, {}).items())
        return [(step, value) for step, values in rows if (value := values.get(name)) is not None]

    def names(self, kind: str) -> list[str]:
        """All that was logged of a kind, by name."""
        return sorted({name for values in self.rows.get(kind, {}).values() for name in values})


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """Every n-th, counted from the last, so that no more than `most` are left."""
    every = -(-len(points) // most) if points else 1
    return list(points[::-1][::every][::-1])


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """The exponential moving average, without its bias to 0 at the start (Kingma and Ba, 2015).

    Args:
        values: in their order.
        weight: of what came before, from 0 (as it is) to below 1.
    """
    found, running, mass = [], 0.0, 0.0
    for value in values:
        running = weight * running + (1 - weight) * value
        mass = weight * mass + (1 - weight)
        found.append(running / mass)
    return found


def curve_rows(
    points: Iterable[tuple[str, Sequence[tuple[int, float]]]], weight: float
) -> list[dict[str, Any]]:
    """Rows of a plot of several curves: each value as it is, and smoothed; the last one twice."""
    rows: list[dict[str, Any]] = []
    for name, of in points:
        smooth = smoothed([value for _, value in of], weight)
        whole = [
            {"step": step, "name": name, "value": value, "smooth": at, "last": None}
            for (step, value), at in zip(of, smooth, strict=True)
        ]
        rows += thinned(whole)
        if whole:
            rows[-1] |= {"last": rows[-1]["smooth"]}
    return rows


def seconds_left(logged: Logged, steps: int, now: datetime) -> float | None:
    """How long the steps that are left will take, after the pace of the last ones; None unknown.

    The median pays no heed to a pause, as of a checkpoint or of a run that was resumed.
    """
    times = sorted(logged.times.items())[-LAST_STEPS - 1 :]
    paces = [
        (after - before).total_seconds() / (step - earlier)
        for (earlier, before), (step, after) in pairwise(times)
        if after > before
    ]
    if not paces:
        return None
    last, logged_at = times[-1]
    pace = median(paces)
    # The step that is being done has begun already; one that takes longer says nothing of others.
    begun = min(max((now - logged_at).total_seconds(), 0.0), pace)
    return max((steps - last) * pace - begun, 0.0)

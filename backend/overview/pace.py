"""Pure: how long the queue lasts at the present pace."""

from typing import NamedTuple


class Forecast(NamedTuple):
    """Days until nothing is pending, or why that cannot be said."""

    days: float | None
    reason: str | None


def days_to_empty(pending: int, decided_a_day: float, arrived_a_day: float) -> Forecast:
    """Pending seeds, divided by how many more leave in a day than come.

    Args:
        pending: seeds that wait for a decision.
        decided_a_day: decisions by hand.
        arrived_a_day: new seeds.
    """
    if pending == 0:
        return Forecast(0.0, None)
    if decided_a_day == 0:
        return Forecast(None, "nobody has decided by hand in these days")
    if decided_a_day <= arrived_a_day:
        return Forecast(None, "at least as many seeds come in as are decided by hand")
    return Forecast(pending / (decided_a_day - arrived_a_day), None)

"""What the overview asks of the API."""

from typing import Any, cast

from dashboard import rows


class OverviewRequests:
    """Requests for the parts of the overview, for the client that knows how to send them."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def overview(self) -> rows.Overview:
        """Where the data stands."""
        return cast(rows.Overview, self._get("/v1/overview"))

    def overview_map(self) -> rows.TeachabilityMap:
        """Scored seeds by agreement and reliability."""
        return cast(rows.TeachabilityMap, self._get("/v1/overview/map"))

    def overview_difficulty(self) -> rows.Difficulty:
        """Steps and agreement by domain."""
        return cast(rows.Difficulty, self._get("/v1/overview/difficulty"))

    def overview_spend(self) -> rows.SpendOverview:
        """What has been spent, by day."""
        return cast(rows.SpendOverview, self._get("/v1/overview/spend"))

    def overview_queue(self) -> rows.QueueHealth:
        """What waits and how fast it is decided."""
        return cast(rows.QueueHealth, self._get("/v1/overview/queue"))

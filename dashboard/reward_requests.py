"""What the pages ask the API about rewards."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class RewardRequests:
    """The part of `dashboard.api.Api` that is about rewards."""

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def reward_curve(self, settings: rows.RewardSettings) -> rows.RewardCurve:
        """Reward against length."""
        return cast(rows.RewardCurve, self._post("/v1/rewards:curve", settings))

    def reward_of(self, response: Mapping[str, Any], settings: rows.RewardSettings) -> rows.Reward:
        """What a response would earn."""
        body = {**response, "settings": settings}
        return cast(rows.Reward, self._post("/v1/rewards:score", body))

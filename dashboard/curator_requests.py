"""What the triage pane asks the API about the one who decides."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard import rows


class CuratorRequests:
    """The part of `dashboard.api.Api` that is about the caller's own settings and pace."""

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def settings(self) -> rows.UserSettings:
        """The caller's settings of the triage pane."""
        return cast(rows.UserSettings, self._get("/v1/me/settings"))

    def save_settings(self, settings: Mapping[str, Any]) -> rows.UserSettings:
        """Replace the caller's settings; what is left out is the default again."""
        response = self._send("PUT", "/v1/me/settings", json=dict(settings))
        return cast(rows.UserSettings, response.json())

    def progress(self) -> rows.Progress:
        """How much the caller has decided today, and how fast."""
        return cast(rows.Progress, self._get("/v1/review/progress"))

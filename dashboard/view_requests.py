"""What the pages ask the API about views."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class ViewRequests:
    """The part of `dashboard.api.Api` that is about views of the seeds."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> Any:
        raise NotImplementedError

    def stock_views(self) -> list[rows.StockView]:
        """The views that everybody finds."""
        return cast(list[rows.StockView], self._get("/v1/views/stock"))

    def views(self) -> list[rows.SavedView]:
        """The caller's own views, and those that others share."""
        return cast(list[rows.SavedView], self._get("/v1/views"))

    def save_view(self, view: Mapping[str, Any]) -> rows.SavedView:
        """Keep a filter and an order under a name."""
        return cast(rows.SavedView, self._post("/v1/views", dict(view)))

    def change_view(self, view_id: int, changes: Mapping[str, Any]) -> rows.SavedView:
        """Rename, share, delete or bring back a view."""
        response = self._send("PATCH", f"/v1/views/{view_id}", json=dict(changes))
        return cast(rows.SavedView, response.json())

    def edit_seeds(self, edits: list[dict[str, Any]]) -> list[rows.EditResult]:
        """Change many seeds; each row has its own result."""
        answer = self._send("PATCH", "/v1/seeds", json={"seeds": edits}).json()
        return cast(list[rows.EditResult], answer["results"])

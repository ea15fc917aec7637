"""What the pages ask the API about the history and bulk actions."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class HistoryRequests:
    """The part of `dashboard.api.Api` that is about the history and bulk actions."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def history(
        self, chosen: rows.HistoryFilter, *, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.HistoryEntry]:
        """A page of single decisions and whole bulk actions, newest first."""
        page = self._get("/v1/history", **chosen, after=after, limit=limit)
        return cast(rows.Page[rows.HistoryEntry], page)

    def history_people(self) -> list[str]:
        """The names of those who have done something."""
        return cast(list[str], self._get("/v1/history/people"))

    def decisions(self, **query: Any) -> rows.Page[rows.Decision]:
        """A page of all events, newest first."""
        return cast(rows.Page[rows.Decision], self._get("/v1/decisions", **query))

    def decide_in_bulk(self, order: Mapping[str, Any]) -> rows.BulkResult:
        """One decision for many seeds; its token makes repeating harmless."""
        return cast(rows.BulkResult, self._post("/v1/decisions:bulk", dict(order)))

    def edit_many(self, order: Mapping[str, Any]) -> rows.BulkResult:
        """Tags and domain of many seeds; its token makes repeating harmless."""
        return cast(rows.BulkResult, self._post("/v1/seeds:edit", dict(order)))

    def batch(self, batch: str) -> rows.DecisionBatch:
        """A bulk action, and how far it is."""
        return cast(rows.DecisionBatch, self._get(f"/v1/batches/{batch}"))

    def undo_batch(self, batch: str, token: str) -> rows.BulkResult:
        """Take a bulk action back as one; of an undo, do it again."""
        answer = self._post("/v1/decisions:undo-batch", {"token": token, "batch": batch})
        return cast(rows.BulkResult, answer)

    def redo(self, token: str, decision_id: int | None = None) -> rows.Undone:
        """Take back an undo, or the caller's last that stands."""
        named = {} if decision_id is None else {"decision_id": decision_id}
        return cast(rows.Undone, self._post("/v1/decisions:redo", {"token": token, **named}))

"""What the pages ask the API about rewrites."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class RewriteRequests:
    """The part of `dashboard.api.Api` that is about rewrites."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def rewrites(
        self, chosen: rows.RewriteFilter, *, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.RewriteRow]:
        """A page of the rewrites, those with the most doubt first."""
        page = self._get("/v1/rewrites", **chosen, after=after, limit=limit)
        return cast(rows.Page[rows.RewriteRow], page)

    def rewrite(self, rewrite_id: int) -> rows.RewriteDetail:
        """A rewrite beside its original."""
        return cast(rows.RewriteDetail, self._get(f"/v1/rewrites/{rewrite_id}"))

    def propose_rewrite(self, wanted: Mapping[str, Any]) -> rows.RewriteDetail:
        """Propose another wording; its token makes repeating harmless."""
        return cast(rows.RewriteDetail, self._post("/v1/rewrites", dict(wanted)))

    def forecast_measuring(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run over rewrites that wait would need."""
        return cast(rows.RunForecast, self._post("/v1/rewrites:forecast", dict(plan)))

    def measure_rewrites(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin a run over rewrites that wait."""
        return cast(rows.Run, self._post("/v1/rewrites:measure", dict(plan)))

    def approve_rewrite(self, rewrite_id: int, overrules: str | None) -> rows.RewriteDetail:
        """Approve it; an admin may overrule failed checks for a reason."""
        body = {} if overrules is None else {"overrules": overrules}
        return cast(rows.RewriteDetail, self._post(f"/v1/rewrites/{rewrite_id}:approve", body))

    def reject_rewrite(self, rewrite_id: int, reason: str) -> rows.RewriteDetail:
        """Reject it; its seed stays as it is."""
        body = {"reason": reason}
        return cast(rows.RewriteDetail, self._post(f"/v1/rewrites/{rewrite_id}:reject", body))

    def withdraw_rewrite(self, rewrite_id: int) -> rows.RewriteDetail:
        """Take back one's own."""
        return cast(rows.RewriteDetail, self._post(f"/v1/rewrites/{rewrite_id}:withdraw"))

    def comment_on_rewrite(self, rewrite_id: int, text: str, token: str) -> None:
        """Say something about it; the token makes repeating harmless."""
        self._post(f"/v1/rewrites/{rewrite_id}/comments", {"token": token, "text": text})

"""What the pages ask the API about traces."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class TraceRequests:
    """The part of `dashboard.api.Api` that is about traces."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def traces(
        self, chosen: rows.TraceFilter, *, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.Trace]:
        """One page of the traces under a filter."""
        page = self._get("/v1/traces", **chosen, after=after, limit=limit)
        return cast(rows.Page[rows.Trace], page)

    def trace(self, sample_id: int) -> rows.TraceDetail:
        """A trace with all that it says."""
        return cast(rows.TraceDetail, self._get(f"/v1/traces/{sample_id}"))

    def trace_summary(self, run_id: int) -> rows.TraceSummary:
        """What a run's traces came to."""
        return cast(rows.TraceSummary, self._get(f"/v1/runs/{run_id}/traces:summary"))

    def forecast_trace_run(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run for traces would need."""
        return cast(rows.RunForecast, self._post("/v1/trace-runs:forecast", dict(plan)))

    def decide_on_trace(
        self, sample_id: int, word: str, reason: str, token: str
    ) -> rows.TraceDetail:
        """Keep or reject a trace; the token makes repeating harmless."""
        body = {"word": word, "reason": reason, "token": token}
        return cast(rows.TraceDetail, self._post(f"/v1/traces/{sample_id}:decide", body))

    def start_trace_run(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin a run that asks a teacher for traces."""
        return cast(rows.Run, self._post("/v1/trace-runs", dict(plan)))

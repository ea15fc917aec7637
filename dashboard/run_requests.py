"""What the pages ask the API about runs."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class RunRequests:
    """The part of `dashboard.api.Api` that is about runs."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def runs(self, kind: str | None = None) -> rows.Page[rows.Run]:
        """The last runs, of one kind or both."""
        return cast(rows.Page[rows.Run], self._get("/v1/runs", kind=kind))

    def run(self, run_id: int) -> rows.Run:
        """A run with its progress."""
        return cast(rows.Run, self._get(f"/v1/runs/{run_id}"))

    def run_spend(self, run_id: int) -> list[rows.RunEndpointSpend]:
        """What a run has used of each endpoint."""
        return cast(list[rows.RunEndpointSpend], self._get(f"/v1/runs/{run_id}/spend"))

    def forecast_run(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run would need."""
        return cast(rows.RunForecast, self._post("/v1/runs:forecast", dict(plan)))

    def start_run(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin a run."""
        return cast(rows.Run, self._post("/v1/runs", dict(plan)))

    def change_run(
        self, run_id: int, action: str, budget: Mapping[str, Any] | None = None
    ) -> rows.Run:
        """Pause, resume (with a higher budget, if given) or cancel a run."""
        return cast(rows.Run, self._post(f"/v1/runs/{run_id}:{action}", budget))

"""What the pages ask the API about runs for proposals."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class ProposalRequests:
    """The part of `dashboard.api.Api` that is about what models propose."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def proposal_summary(self, run_id: int) -> rows.ProposalSummary:
        """What a run's replies came to."""
        found = self._get(f"/v1/runs/{run_id}/proposals:summary")
        return cast(rows.ProposalSummary, found)

    def forecast_rewrite_run(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run for rewrites would need."""
        return cast(rows.RunForecast, self._post("/v1/rewrite-runs:forecast", dict(plan)))

    def start_rewrite_run(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin a run that asks a model for rewrites."""
        return cast(rows.Run, self._post("/v1/rewrite-runs", dict(plan)))

    def forecast_augmentation_run(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run for new seeds would need."""
        return cast(rows.RunForecast, self._post("/v1/augmentation-runs:forecast", dict(plan)))

    def start_augmentation_run(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin a run that has a model make new seeds."""
        return cast(rows.Run, self._post("/v1/augmentation-runs", dict(plan)))

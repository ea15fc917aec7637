"""What the pages ask the API about domains that models suggest."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard import rows
from dashboard.rows.domains import DomainSummary

# The words of a million seeds may be held against the filter.
PATIENT = httpx.Timeout(120.0, connect=3.0)


class DomainRequests:
    """The part of `dashboard.api.Api` that is about suggested domains."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def forecast_domain_run(self, plan: Mapping[str, Any]) -> rows.RunForecast:
        """What a run that sorts seeds by domain would need."""
        found = self._post("/v1/domain-runs:forecast", dict(plan), timeout=PATIENT)
        return cast(rows.RunForecast, found)

    def start_domain_run(self, plan: Mapping[str, Any]) -> rows.Run:
        """Begin one."""
        return cast(rows.Run, self._post("/v1/domain-runs", dict(plan), timeout=PATIENT))

    def domain_summary(self, run_id: int) -> DomainSummary:
        """What a run suggests."""
        found = self._get(f"/v1/runs/{run_id}/domains:summary", timeout=PATIENT)
        return cast(DomainSummary, found)

    def apply_domains(self, run_id: int, order: Mapping[str, Any]) -> rows.BulkResult:
        """Give seeds what a run suggests, as one bulk action."""
        path = f"/v1/runs/{run_id}/domains:apply"
        return cast(rows.BulkResult, self._post(path, dict(order), timeout=PATIENT))

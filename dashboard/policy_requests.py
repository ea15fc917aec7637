"""What the pages ask the API about policies and calibration."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class PolicyRequests:
    """The part of `dashboard.api.Api` that is about policies."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def policies(self) -> list[rows.Policy]:
        """All versions of all policies, the newest first."""
        return cast(list[rows.Policy], self._get("/v1/policies"))

    def policy_presets(self) -> list[rows.PolicyPreset]:
        """Published rules to start from."""
        return cast(list[rows.PolicyPreset], self._get("/v1/policies/presets"))

    def preview_policy(
        self, settings: Mapping[str, Any], base_policy_id: int | None = None
    ) -> rows.PolicyPreview:
        """What these settings would change, against the standing verdicts or another policy."""
        body: dict[str, Any] = {"settings": dict(settings)}
        if base_policy_id is not None:
            body["base_policy_id"] = base_policy_id
        return cast(rows.PolicyPreview, self._post("/v1/policies:preview", body))

    def save_policy(self, name: str, settings: Mapping[str, Any]) -> rows.Policy:
        """Add a version of a policy."""
        body = {"name": name, "settings": dict(settings)}
        return cast(rows.Policy, self._post("/v1/policies", body))

    def apply_policy(self, policy_id: int) -> rows.Job:
        """Have all verdicts computed again under a policy."""
        return cast(rows.Job, self._post(f"/v1/policies/{policy_id}:apply"))

    def calibration(self, run_id: int) -> rows.Calibration:
        """How far a run's key can be trusted."""
        return cast(rows.Calibration, self._get(f"/v1/runs/{run_id}/calibration"))

    def recalibrate(self, run_id: int) -> rows.Job:
        """Have a run's calibration fitted again, and its verdicts computed by it."""
        return cast(rows.Job, self._post(f"/v1/runs/{run_id}:recalibrate"))

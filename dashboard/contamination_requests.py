"""What the pages ask the API about hits, checks and their policy."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class ContaminationRequests:
    """The part of `dashboard.api.Api` that is about what was found in benchmarks."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def hits(
        self, chosen: rows.HitFilter, *, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.SeedHit]:
        """A page of the hits under a filter, the newest first."""
        page = self._get("/v1/hits", **chosen, after=after, limit=limit)
        return cast(rows.Page[rows.SeedHit], page)

    def hit_counts(self, chosen: rows.HitFilter) -> dict[str, dict[str, int]]:
        """How many hits there are under a filter, by verdict and then by state."""
        return cast(dict[str, dict[str, int]], self._get("/v1/hits/counts", **chosen)["counts"])

    def check_state(self) -> rows.CheckState:
        """Where the check of all seeds stands."""
        return cast(rows.CheckState, self._get("/v1/decontamination/check"))

    def check_contamination(self) -> rows.Job:
        """Check all seeds not yet checked."""
        return cast(rows.Job, self._post("/v1/decontamination:check"))

    def hit_policies(self) -> list[rows.HitPolicy]:
        """All versions of all policies of decontamination, the newest first."""
        return cast(list[rows.HitPolicy], self._get("/v1/decontamination/policies"))

    def save_hit_policy(self, name: str, settings: Mapping[str, Any]) -> rows.HitPolicySaved:
        """Add a version; one of the name default is in force at once."""
        body = {"name": name, "settings": dict(settings)}
        return cast(rows.HitPolicySaved, self._post("/v1/decontamination/policies", body))

    def rule_reports(self) -> list[rows.RuleReport]:
        """What curators said of the hits of each rule, the most often dismissed first."""
        return cast(list[rows.RuleReport], self._get("/v1/decontamination/report"))

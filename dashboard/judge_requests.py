"""What the pages ask the API about rubrics, ratings and judges."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class JudgeRequests:
    """The part of `dashboard.api.Api` that is about judges."""

    def _send(self, method: str, path: str, **options: Any) -> Any:
        raise NotImplementedError

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def rubrics(self) -> list[rows.Rubric]:
        """The rubric's versions with their anchored levels, the newest first."""
        return cast(list[rows.Rubric], self._get("/v1/rubrics"))

    def ratings(self, seed_id: int) -> list[rows.Rating]:
        """Curators' ratings of a seed that stand."""
        return cast(list[rows.Rating], self._get(f"/v1/seeds/{seed_id}/ratings"))

    def rate(self, seed_id: int, rating: Mapping[str, Any]) -> rows.Rating:
        """Rate a seed by the rubric; it takes the place of the caller's earlier rating."""
        return cast(rows.Rating, self._post(f"/v1/seeds/{seed_id}/ratings", dict(rating)))

    def withdraw_rating(self, seed_id: int) -> None:
        """Take the caller's rating of a seed back."""
        self._send("DELETE", f"/v1/seeds/{seed_id}/ratings")

    def agreement(self, rubric_version: str) -> rows.Agreement:
        """How far judges agree with each other and with curators."""
        answer = self._get("/v1/judges/agreement", rubric_version=rubric_version)
        return cast(rows.Agreement, answer)

    def confusion(
        self, rubric_version: str, dimension: str, first: str, second: str
    ) -> rows.Confusion:
        """Two raters' ratings against each other."""
        answer = self._get(
            "/v1/judges/confusion", rubric_version=rubric_version, dimension=dimension,
            first=first, second=second,
        )  # fmt: skip
        return cast(rows.Confusion, answer)

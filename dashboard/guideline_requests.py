"""What the pages ask the API about guidelines."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class GuidelineRequests:
    """The part of `dashboard.api.Api` that is about guidelines."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> Any:
        raise NotImplementedError

    def guidelines(
        self, *, category: str | None = None, archived: bool = False
    ) -> rows.Page[rows.Guideline]:
        """Guidelines in use, or the archived ones."""
        page = self._get("/v1/guidelines", category=category, archived=archived, limit=1000)
        return cast(rows.Page[rows.Guideline], page)

    def guideline(self, guideline_id: int) -> rows.GuidelineDetail:
        """A guideline with its newest text."""
        return cast(rows.GuidelineDetail, self._get(f"/v1/guidelines/{guideline_id}"))

    def guideline_version(self, guideline_id: int, number: int) -> rows.GuidelineVersionDetail:
        """A version, and what is new in it since the one before."""
        answer = self._get(f"/v1/guidelines/{guideline_id}/versions/{number}")
        return cast(rows.GuidelineVersionDetail, answer)

    def add_guideline(self, wanted: Mapping[str, Any]) -> rows.GuidelineDetail:
        """Keep a guideline with its first text."""
        return cast(rows.GuidelineDetail, self._post("/v1/guidelines", dict(wanted)))

    def add_guideline_version(
        self, guideline_id: int, wanted: Mapping[str, Any]
    ) -> rows.GuidelineDetail:
        """Add a text, the newest from now on."""
        path = f"/v1/guidelines/{guideline_id}/versions"
        return cast(rows.GuidelineDetail, self._post(path, dict(wanted)))

    def archive_guideline(self, guideline_id: int, *, archived: bool) -> None:
        """Take a guideline out of use, or bring it back."""
        self._send("PATCH", f"/v1/guidelines/{guideline_id}", json={"archived": archived})

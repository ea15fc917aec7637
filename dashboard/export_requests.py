"""What the pages ask the API about exports."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard import rows

# A file may be large.
SLOW = httpx.Timeout(120.0, connect=3.0)


class ExportRequests:
    """The part of `dashboard.api.Api` that is about exports."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def exports(
        self, *, matching: str | None = None, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.Export]:
        """A page of exports, newest first; of those whose name holds a text, or of this number."""
        page = self._get("/v1/exports", matching=matching, after=after, limit=limit)
        return cast(rows.Page[rows.Export], page)

    def export(self, export_id: int) -> rows.Export:
        """An export with its manifest."""
        return cast(rows.Export, self._get(f"/v1/exports/{export_id}"))

    def preview_export(self, chosen: rows.SeedFilter) -> rows.ExportCensus:
        """How many accepted seeds an export would hold."""
        return cast(rows.ExportCensus, self._post("/v1/exports:preview", dict(chosen)))

    def start_export(self, order: Mapping[str, Any]) -> rows.Export:
        """Begin writing training files."""
        return cast(rows.Export, self._post("/v1/exports", dict(order)))

    def export_file(self, export_id: int, name: str) -> bytes:
        """A file of an export."""
        path = f"/v1/exports/{export_id}/files/{name}"
        return self._send("GET", path, timeout=SLOW).content

    def export_formats(self) -> list[rows.ExportFormat]:
        """The formats of exports of versions."""
        return cast(list[rows.ExportFormat], self._get("/v1/exports:formats"))

    def export_shards(self, export_id: int) -> list[rows.ExportShard]:
        """The data files of an export that are whole by now."""
        return cast(list[rows.ExportShard], self._get(f"/v1/exports/{export_id}/shards"))

    def start_version_export(self, version_id: int, order: Mapping[str, Any]) -> rows.Export:
        """Begin writing a version."""
        path = f"/v1/mixture-versions/{version_id}/exports"
        return cast(rows.Export, self._post(path, dict(order)))

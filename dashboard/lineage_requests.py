"""What the pages ask the API about lineage."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard.rows.lineage import Lineage


class LineageRequests:
    """The part of `dashboard.api.Api` that is about lineage."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def lineage(self, query: Mapping[str, int]) -> Lineage:
        """Of a seed, where its number alone is given, else of a row."""
        if query.keys() == {"seed_id"}:
            return cast(Lineage, self._get(f"/v1/lineage/seeds/{query['seed_id']}"))
        return cast(Lineage, self._get("/v1/lineage/rows", **query))

    def provenance(self, query: Mapping[str, int]) -> bytes:
        """The same as W3C PROV-JSON."""
        return self._send("GET", "/v1/lineage/prov.json", params=dict(query)).content

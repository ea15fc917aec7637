"""What the pages ask the API about endpoints."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard import rows

# A test waits for the model.
PATIENT = httpx.Timeout(120.0, connect=3.0)


class EndpointRequests:
    """The part of `dashboard.api.Api` that is about endpoints."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def endpoints(self) -> list[rows.Endpoint]:
        """The registered models."""
        page = self._get("/v1/endpoints", limit=1000)
        return cast(list[rows.Endpoint], page["items"])

    def add_endpoint(self, endpoint: Mapping[str, Any]) -> rows.Endpoint:
        """Register a model."""
        return cast(rows.Endpoint, self._post("/v1/endpoints", dict(endpoint)))

    def change_endpoint(self, endpoint_id: int, changes: Mapping[str, Any]) -> rows.Endpoint:
        """Change a model's limits, prices or settings."""
        response = self._send("PATCH", f"/v1/endpoints/{endpoint_id}", json=dict(changes))
        return cast(rows.Endpoint, response.json())

    def archive_endpoint(self, endpoint_id: int) -> None:
        """Take a model out of use; what it said stays."""
        self._send("DELETE", f"/v1/endpoints/{endpoint_id}")

    def test_endpoint(self, endpoint_id: int, prompt: str | None) -> rows.EndpointTest:
        """Make one call and show what came back."""
        body = {"prompt": prompt} if prompt else {}
        answer = self._post(f"/v1/endpoints/{endpoint_id}:test", body, timeout=PATIENT)
        return cast(rows.EndpointTest, answer)

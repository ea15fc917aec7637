"""What the pages ask the API about seeds that must not be used any more."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from dashboard import rows
from dashboard.rows.mixtures import MixtureVersion
from dashboard.rows.takedowns import TakedownBatch, TakedownResult

# A million seeds are marked at once.
PATIENT = httpx.Timeout(120.0, connect=3.0)


class TakedownRequests:
    """The part of `dashboard.api.Api` that is about takedowns."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def takedown_batches(self, *, after: str | None = None) -> rows.Page[TakedownBatch]:
        """What was taken down at once, newest first."""
        page = self._get("/v1/takedowns/batches", after=after, limit=20)
        return cast(rows.Page[TakedownBatch], page)

    def take_down(self, order: Mapping[str, Any]) -> TakedownResult:
        """Take seeds down, or count them."""
        return cast(TakedownResult, self._post("/v1/takedowns", dict(order), timeout=PATIENT))

    def lift_takedown(self, batch: str) -> TakedownResult:
        """Let seeds be used again that were taken down at once."""
        return cast(TakedownResult, self._post(f"/v1/takedowns/{batch}:lift", timeout=PATIENT))

    def versions_blocked_by(self, batch: str) -> list[MixtureVersion]:
        """The versions that are blocked because of a takedown."""
        return cast(list[MixtureVersion], self._get(f"/v1/takedowns/{batch}/versions"))

"""What the pages ask the API about named queues, adjudication and the people at work."""

from collections.abc import Mapping
from typing import Any, cast

from dashboard import rows


class QueueRequests:
    """The part of `dashboard.api.Api` that is about queues."""

    def _send(self, method: str, path: str, **options: Any) -> Any:
        raise NotImplementedError

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def review_queues(self) -> list[rows.ReviewQueue]:
        """All queues, open ones first."""
        return cast(list[rows.ReviewQueue], self._get("/v1/review-queues"))

    def review_queue(self, queue_id: int) -> rows.ReviewQueue:
        """A queue."""
        return cast(rows.ReviewQueue, self._get(f"/v1/review-queues/{queue_id}"))

    def make_queue(self, wanted: Mapping[str, Any]) -> rows.ReviewQueue:
        """Make a queue; its token makes repeating harmless."""
        return cast(rows.ReviewQueue, self._post("/v1/review-queues", dict(wanted)))

    def change_queue(self, queue_id: int, changes: Mapping[str, Any]) -> rows.ReviewQueue:
        """Change, close or open a queue."""
        response = self._send("PATCH", f"/v1/review-queues/{queue_id}", json=dict(changes))
        return cast(rows.ReviewQueue, response.json())

    def queue_progress(self, queue_id: int) -> rows.QueueProgress:
        """Where a queue stands, and who did what in it."""
        return cast(rows.QueueProgress, self._get(f"/v1/review-queues/{queue_id}/progress"))

    def curators(self) -> list[rows.Person]:
        """Everybody who can be assigned to a queue."""
        return cast(list[rows.Person], self._get("/v1/review/curators"))

    def disputes(self, queue_id: int | None = None, limit: int = 50) -> rows.Page[rows.Dispute]:
        """Seeds on which curators do not agree, and that the user may decide."""
        page = self._get("/v1/adjudications", queue_id=queue_id, limit=limit)
        return cast(rows.Page[rows.Dispute], page)

    def adjudicate(self, decision: Mapping[str, Any]) -> rows.Adjudicated:
        """Have the last word on a seed; its token makes repeating harmless."""
        return cast(rows.Adjudicated, self._post("/v1/adjudications", dict(decision)))

    def curator_agreement(self, queue_id: int | None) -> rows.CuratorAgreement:
        """How far curators agree, with each other and with the verdicts."""
        return cast(rows.CuratorAgreement, self._get("/v1/review-agreement", queue_id=queue_id))

    def people(self) -> list[rows.PersonProgress]:
        """Who decided how much by hand, and how fast."""
        return cast(list[rows.PersonProgress], self._get("/v1/review/people"))

    def leaderboard(self) -> rows.Leaderboard:
        """Who decided how much lately."""
        return cast(rows.Leaderboard, self._get("/v1/review/leaderboard"))

    def set_leaderboard(self, **changes: bool) -> None:
        """Switch it for all (`enabled`) or hide it for the user (`hidden`)."""
        self._send("PUT", "/v1/settings/leaderboard", json=changes)

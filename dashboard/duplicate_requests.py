"""What the pages ask the API about near-duplicates."""

from collections.abc import Sequence
from typing import Any, cast

from dashboard import rows


class DuplicateRequests:
    """The part of `dashboard.api.Api` that is about near-duplicates."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def duplicate_search(self) -> rows.DuplicateSearch:
        """Where the search stands."""
        return cast(rows.DuplicateSearch, self._get("/v1/duplicates/search"))

    def find_duplicates(self) -> rows.Job:
        """Look at all seeds not yet looked at."""
        return cast(rows.Job, self._post("/v1/duplicates:find"))

    def duplicate_groups(self, **query: Any) -> rows.Page[rows.DuplicateGroup]:
        """A page of the groups, the newest first."""
        return cast(rows.Page[rows.DuplicateGroup], self._get("/v1/duplicates", **query))

    def duplicate_group(self, group_id: int) -> rows.DuplicateGroupDetail:
        """A group with its members."""
        return cast(rows.DuplicateGroupDetail, self._get(f"/v1/duplicates/{group_id}"))

    def keep_duplicate(
        self, group_id: int, seed_id: int, seen: Sequence[int], token: str
    ) -> rows.DuplicatesResolved:
        """Keep one seed and reject the others that were seen."""
        body = {"token": token, "seed_id": seed_id, "seed_ids": list(seen)}
        answer = self._post(f"/v1/duplicates/{group_id}:keep", body)
        return cast(rows.DuplicatesResolved, answer)

    def dismiss_duplicates(
        self, group_id: int, seen: Sequence[int], token: str
    ) -> rows.DuplicatesResolved:
        """Say that those that were seen are no duplicates."""
        body = {"token": token, "seed_ids": list(seen)}
        answer = self._post(f"/v1/duplicates/{group_id}:dismiss", body)
        return cast(rows.DuplicatesResolved, answer)

"""Lists of the fake API, page by page, as the real one gives them."""

from collections.abc import Sequence
from typing import Any


def paged(items: Sequence[dict[str, Any]], query: Any) -> dict[str, Any]:
    """A page of what matches; the newest come first."""
    typed = query.get("matching", "").lower()
    found = [one for one in items if typed in one["name"].lower() or typed == str(one["id"])]
    first, limit = int(query.get("after", 0)), int(query.get("limit", 50))
    following = str(first + limit) if first + limit < len(found) else None
    return {"items": found[first : first + limit], "next": following, "total": None}

"""Near-duplicates of the fake API: two groups, until they are decided on."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route, row

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


BATCH = "00000000-0000-4000-8000-000000000001"
LEADER = "Janet's ducks lay 16 eggs per day. <b>How many</b> are left for the old market?"
COPY = "Janet's ducks lay 16 eggs per day. How many are left for the very new market?"
VARIANT = "Janet's ducks lay 29 eggs per day. How many are left for the old market?"


def _spans(text: str, *words: str) -> list[tuple[int, int]]:
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def duplicate_groups(api: "FakeApi") -> list[dict[str, Any]]:
    """Copies of seed 1, and a variant of it, which the kept one's decision closes."""
    if not api.seeds:
        return []
    leader = row(api.seeds[1]) | {"prompt": LEADER}
    shared = {
        "leader": leader, "leader_prompt": LEADER, "left_out": 0, "members_left": 0,
        "created_at": fake.NOW,
    }  # fmt: skip
    return [
        {**shared, "id": 2, "kind": "variants", "size": 2, "similarity": 0.75,
         "undecided": "2" not in api.resolved_groups,
         "members": [_member(api, 3, VARIANT, ("29",), ("16",), numbers_differ=True)]},
        {**shared, "id": 1, "kind": "copies", "size": 1003, "similarity": 0.82, "left_out": 12,
         "undecided": "1" not in api.resolved_groups, "members_left": 1001,
         "members": [_member(api, 2, COPY, ("very new",), ("old",))]},
    ]  # fmt: skip


def _member(
    api: "FakeApi",
    seed_id: int,
    prompt: str,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    numbers_differ: bool = False,
) -> dict[str, Any]:
    return {
        "seed": row(api.seeds[seed_id]) | {"prompt": prompt}, "prompt": prompt,
        "similarity": 0.82, "numbers_differ": numbers_differ, "dismissed": False,
        "changes": _spans(prompt, *ours), "leader_changes": _spans(LEADER, *theirs),
    }  # fmt: skip


@route("GET /v1/duplicates/search")
def search(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = bool(api.seeds)
    return 200, {
        "threshold": 0.7, "seeds": len(api.seeds), "copies": int(found), "variants": int(found),
        "due": 0, "no_words": 3 * found, "left_out": 12 * found, "crowded": 40 * found,
        "group_limit": 1000, "bucket_limit": 50, "job": None,
    }  # fmt: skip


@route("GET /v1/duplicates")
def listed(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    left_out = ("members", "members_left", "leader_prompt")
    items = [
        {name: value for name, value in group.items() if name not in left_out}
        for group in duplicate_groups(api)
        if query.get("kind", group["kind"]) == group["kind"]
        and (group["undecided"] or "undecided" not in query)
    ]
    return 200, {"items": items, "next": None, "total": None}


@route(r"GET /v1/duplicates/(\d+)")
def one(api: "FakeApi", query: Any, body: Any, group_id: str) -> tuple[int, Any]:
    for group in duplicate_groups(api):
        if str(group["id"]) == group_id:
            return 200, group
    return 404, {"status": 404, "code": "not_found", "detail": f"there is no group {group_id}"}


@route("POST /v1/duplicates:find")
def find(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {
        "id": 7, "kind": "duplicates.find", "state": "queued", "done_count": 0,
        "total_count": 60, "error": None, "created_at": fake.NOW, "finished_at": None,
    }  # fmt: skip


@route(r"POST /v1/duplicates/(\d+):(keep|dismiss)")
def resolve(api: "FakeApi", query: Any, body: Any, group_id: str, action: str) -> tuple[int, Any]:
    api.resolved_groups.add(group_id)
    taken = ["domain", "metadata"] if action == "keep" else []
    return 200, {"count": 2, "taken_over": taken, "batch": BATCH}

"""What the fake API answers on takedowns; those of a filter are three seeds."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

Json = dict[str, Any]


def takedown(batch: str, **fields: Any) -> Json:
    return {
        "batch": batch, "reason": "licence", "note": "", "user": "ada", "created_at": fake.NOW,
        "seeds": 3, "standing": 3, "first_seed_id": 5, "lifted_by": None, "lifted_at": None,
        **fields,
    }  # fmt: skip


@route("GET /v1/takedowns/batches")
def list_batches(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"items": api.takedowns[::-1], "next": None, "total": None}


@route("POST /v1/takedowns")
def take_down(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    asked = body.get("seed_ids")
    count = 3 if asked is None else sum(number in api.seeds for number in asked)
    if not body.get("dry_run"):
        told = {"reason": body["reason"], "note": body["note"], "seeds": count, "standing": count}
        api.takedowns.append(takedown(body["token"], **told))
    answer = {"batch": body["token"], "count": count, "already": api.down_already}
    return 201, answer | {"children": 0 if body.get("with_children") else api.down_children}


@route(r"POST /v1/takedowns/([\w-]+):lift")
def lift(api: "FakeApi", query: Any, body: Any, batch: str) -> tuple[int, Any]:
    [found] = [one for one in api.takedowns if one["batch"] == batch]
    found |= {"standing": 0, "lifted_by": "ada", "lifted_at": fake.NOW}
    return 200, {"batch": batch, "count": found["seeds"], "already": 0, "children": 0}


@route(r"GET /v1/takedowns/([\w-]+)/versions")
def list_blocked(api: "FakeApi", query: Any, body: Any, batch: str) -> tuple[int, Any]:
    left_out = ("recipe", "figures")
    blocked = [one for one in api.versions if one["blocked"]]
    return 200, [{k: v for k, v in one.items() if k not in left_out} for one in blocked]

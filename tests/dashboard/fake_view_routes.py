"""What the fake API answers about views and edits of many seeds."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route, row

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

STOCK = [
    {
        "key": "low_margin",
        "title": "Low margin",
        "description": "The first answer leads by little.",
        "filter": {"status": "pending", "max_margin": 0.25},
        "sort": "margin",
    },
    {
        "key": "flagged",
        "title": "Flagged",
        "description": "Seeds with a flag.",
        "filter": {"flagged": True},
        "sort": "attention",
    },
]


@route("GET /v1/views/stock")
def stock_views(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, STOCK


@route("GET /v1/views")
def list_views(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    kept = [view for view in api.views.values() if not view["deleted"]]
    return 200, [shown(view) for view in kept]


@route("POST /v1/views")
def create_view(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    number = len(api.views) + 1
    owned = {"id": number, "owner": "ada", "mine": True, "deleted": False, "created_at": fake.NOW}
    api.views[number] = {"sort": "attention", "shared": False, **body, **owned}
    return 201, shown(api.views[number])


@route(r"PATCH /v1/views/(\d+)")
def update_view(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    api.views[int(number)].update(body)
    return 200, shown(api.views[int(number)])


def shown(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "deleted"}


@route("PATCH /v1/seeds")
def edit_seeds(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    results = []
    for edit in body["seeds"]:
        seed = api.seeds[edit["id"]]
        changes = {
            name: value for name, value in edit.items() if name not in ("id", "revision_id", "seen")
        }
        if edit["revision_id"] != seed["revision_id"]:
            error = {"code": "stale_revision", "field": "revision_id", "message": "has new words"}
            results.append({"id": seed["id"], "status": "refused", "error": error})
            continue
        number = len(api.decisions) + 1
        event = fake.decision(number, seed["id"], "edit", None) | {"hit_id": None}
        api.decisions.append(event | {"before": {name: seed[name] for name in changes}})
        seed.update(changes)
        saved = {"id": seed["id"], "status": "saved", "decision_id": number}
        results.append(saved | {"seed": row(seed)})
    return 200, {"results": results}

"""What the fake API answers about rewrites."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rewrite_rows as rows
from tests.dashboard import fake_rows as fake
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

_MISSING = {"status": 404, "code": "not_found"}


@route("GET /v1/rewrites")
def list_rewrites(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = [
        rows.listed(rewrite)
        for rewrite in api.rewrites.values()
        if all(
            str(rewrite[field]).lower() == query[field].lower()
            for field in ("state", "kind", "author", "seed_id", "run_id", "by_model")
            if field in query
        )
    ]
    found.sort(key=lambda row: (len(row["failed"]), len(row["unknown"]), row["id"]), reverse=True)
    return 200, {"items": found, "next": None, "total": len(found)}


@route("POST /v1/rewrites")
def propose(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if api.refusal:
        return 409, {"status": 409, "code": "stale_revision", "detail": api.refusal}
    if body["token"] not in api.answers:
        made = rows.detail(len(api.rewrites) + 1, api.seeds[body["seed_id"]], body)
        api.rewrites[made["id"]] = api.answers[body["token"]] = made
    return 201, api.answers[body["token"]]


@route("POST /v1/rewrites:forecast")
def forecast(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = len(body.get("rewrite_ids", api.rewrites))
    counts = {"calls": 27 * seeds, "calls_low": 9 * seeds, "calls_high": 27 * seeds}
    return 200, {
        "seeds": seeds, **counts, "already_stored": 0, "estimated_tokens": 9000,
        "estimated_cost": 0.1, "estimated_cost_high": 0.2, "endpoints": [], "notes": [],
    }  # fmt: skip


@route("POST /v1/rewrites:measure")
def measure(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    run = work.run(len(api.runs) + 1)
    run |= {"settings": work.RUN_SETTINGS | {"rewrites": True}, "filter": {}, "seeds_total": 1,
            "seeds_scored": 0, "seeds_failed": 0}  # fmt: skip
    api.runs.insert(0, run)
    return 201, run


@route(r"GET /v1/rewrites/(\d+)")
def read(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    if int(number) not in api.rewrites:
        return 404, {**_MISSING, "detail": f"there is no rewrite {number}"}
    return 200, api.rewrites[int(number)]


@route(r"POST /v1/rewrites/(\d+):approve")
def approve(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    rewrite = api.rewrites[int(number)]
    if api.refusal:
        return 409, {"status": 409, "code": "stale_revision", "detail": api.refusal}
    if len(rewrite["approvals"]) + 1 < rewrite["approvals_needed"]:
        rewrite["approvals"].append("ada")
    else:
        rows.approve(api, rewrite, body.get("overrules") or rewrite["why"])
    return 200, rewrite


@route(r"POST /v1/rewrites/(\d+):(reject|withdraw)")
def close(api: "FakeApi", query: Any, body: Any, number: str, how: str) -> tuple[int, Any]:
    rewrite = api.rewrites[int(number)]
    rewrite |= {
        "state": "rejected" if how == "reject" else "withdrawn", "decided_by": "ada",
        "decided_at": fake.NOW, "reason": (body or {}).get("reason"),
    }  # fmt: skip
    return 200, rewrite


@route(r"POST /v1/rewrites/(\d+)/comments")
def say(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    rewrite = api.rewrites[int(number)]
    comment = rows.comment(len(rewrite["comments"]) + 1, "ada", body["text"])
    rewrite["comments"].append(comment)
    return 201, rewrite

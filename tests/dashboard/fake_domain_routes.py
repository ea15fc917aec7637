"""What the fake API answers on suggested domains: four replies, one of them of no use."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_routes import route
from tests.dashboard.fake_trace_routes import line_up_entry

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

Json = dict[str, Any]


def domain_run(run_id: int, wanted: Json) -> Json:
    """A run that is finished."""
    settings = {
        "line_up": [line_up_entry() | {"role": "proposer"}], "domains": wanted["domains"],
        "apply": wanted["apply"], "parallel_jobs": 1,
    }  # fmt: skip
    return work.run(run_id, "finished") | {
        "name": "domains", "kind": "domains", "settings": settings, "verdicts": {}, "failures": [],
        "filter": wanted["filter"], "seeds_total": 4, "seeds_scored": 4, "seeds_failed": 0,
        "calls": 4,
    }  # fmt: skip


@route("POST /v1/domain-runs:forecast")
def forecast(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    asked = work.endpoint_forecast("Judge", "proposer", 4, 4, 4)
    whole = {field: value for field, value in asked.items()
             if field not in ("endpoint_id", "endpoint", "role")}  # fmt: skip
    return 200, whole | {"seeds": 4, "endpoints": [asked], "notes": []}


@route("POST /v1/domain-runs")
def start(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.runs.insert(0, domain_run(len(api.runs) + 1, body))
    return 201, api.runs[0]


@route(r"GET /v1/runs/(\d+)/domains:summary")
def summary(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    applied = [one for one in api.batches if one["kind"] == "move"]
    return 200, {
        "run_id": int(number), "judge": "Judge", "replies": 4,
        "outcomes": [{"outcome": "named", "count": 3, "share": 0.75},
                     {"outcome": "unknown_name", "count": 1, "share": 0.25}],
        "domains": [{"domain": "geometry", "seeds": 2, "new": 1},
                    {"domain": "algebra", "seeds": 1, "new": 0}],
        "confusion": [{"given": "algebra", "suggested": "algebra", "seeds": 1},
                      {"given": "algebra", "suggested": "geometry", "seeds": 1}],
        "agreement": 0.5, "applicable": 0 if applied else 1, "replaceable": 2,
        "applied": applied,
    }  # fmt: skip


@route(r"POST /v1/runs/(\d+)/domains:apply")
def apply(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    count = 2 if body["replace"] else 1
    api.batches.append(
        {"id": 1, "batch": body["token"], "user": "ada", "kind": "move", "reason": "suggested",
         "filter": None, "changes": None, "count": count, "left_out": 0, "undone_count": 0,
         "undoes": None, "undone_by": None, "job": None, "created_at": fake.NOW}
    )  # fmt: skip
    return 200, {"count": count, "left_out": 0, "batch": body["token"], "job_id": None}

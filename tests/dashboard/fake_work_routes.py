"""What the fake API answers on models, runs, benchmarks, imports and exports."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_pages import paged
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


def page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None, "total": len(items)}


@route("GET /v1/exports")
def list_exports(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, paged(api.exports, query)


@route("GET /v1/(endpoints|runs|benchmarks|imports)")
def listing(api: "FakeApi", query: Any, body: Any, noun: str) -> tuple[int, Any]:
    kind = query.get("kind")
    return 200, page([one for one in getattr(api, noun, []) if kind in (None, one.get("kind"))])


@route("POST /v1/endpoints")
def add_endpoint(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.endpoints.append(
        {**work.endpoint(len(api.endpoints) + 1, body["name"], body["role"]), **body}
    )
    return 201, api.endpoints[-1]


@route(r"POST /v1/endpoints/(\d+):test")
def test_endpoint(api: "FakeApi", query: Any, body: Any, endpoint_id: str) -> tuple[int, Any]:
    return 200, {
        "ok": True,
        "latency_ms": 812,
        "response": "2 + 2 = **4**",
        "reasoning": None,
        "finish_reason": "stop",
        "prompt_tokens": 14,
        "completion_tokens": 9,
        "reasoning_tokens": 4,
        "error": None,
    }


@route(r"PATCH /v1/endpoints/(\d+)")
def change_endpoint(api: "FakeApi", query: Any, body: Any, endpoint_id: str) -> tuple[int, Any]:
    endpoint = next(e for e in api.endpoints if e["id"] == int(endpoint_id))
    endpoint.update(body)
    return 200, endpoint


@route(r"DELETE /v1/endpoints/(\d+)")
def archive_endpoint(api: "FakeApi", query: Any, body: Any, endpoint_id: str) -> tuple[int, Any]:
    api.endpoints = [e for e in api.endpoints if e["id"] != int(endpoint_id)]
    return 204, None


@route("POST /v1/runs:forecast")
def forecast(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {
        "seeds": 60,
        "calls": 1020,
        "calls_low": 240,
        "calls_high": 2400,
        "already_stored": 84,
        "estimated_tokens": 210000,
        "estimated_cost": 0.6,
        "estimated_cost_high": 1.8,
        "endpoints": [
            work.endpoint_forecast("Strong", "reference", 120, 300, 480),
            work.endpoint_forecast("Smol", "weak", 120, 720, 1920),
        ],
        "notes": ["Strong takes 1 to 3 days at its limit of 200 calls a day"],
    }


@route("POST /v1/runs")
def start_run(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.runs.insert(0, work.run(len(api.runs) + 1))
    return 201, api.runs[0]


@route(r"GET /v1/runs/(\d+)")
def get_run(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    found = [r for r in api.runs if r["id"] == int(run_id)]
    return (
        (200, found[0])
        if found
        else (404, {"code": "not_found", "detail": f"there is no run {run_id}"})
    )


@route(r"GET /v1/runs/(\d+)/spend")
def get_run_spend(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    return 200, [work.run_spend("Strong", "reference"), work.run_spend("Smol", "weak", 95)]


@route(r"POST /v1/runs/(\d+):(pause|resume|cancel)")
def change_run(api: "FakeApi", query: Any, body: Any, run_id: str, action: str) -> tuple[int, Any]:
    run = next(r for r in api.runs if r["id"] == int(run_id))
    run["state"] = {"pause": "paused", "resume": "running", "cancel": "cancelled"}[action]
    return 200, run


@route("GET /v1/benchmarks/registry")
def named_benchmarks(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, work.named_benchmarks(api.benchmarks)


@route(r"PATCH /v1/benchmarks/(\d+)")
def change_benchmark(api: "FakeApi", query: Any, body: Any, benchmark_id: str) -> tuple[int, Any]:
    benchmark = next(b for b in api.benchmarks if b["id"] == int(benchmark_id))
    benchmark.update(body)
    return 200, benchmark


@route(r"DELETE /v1/benchmarks/(\d+)")
def remove_benchmark(api: "FakeApi", query: Any, body: Any, benchmark_id: str) -> tuple[int, Any]:
    api.benchmarks = [b for b in api.benchmarks if b["id"] != int(benchmark_id)]
    return 204, None


@route("POST /v1/benchmarks")
def load_benchmark(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    rejected = [{"row": 3, "field": "question", "code": "missing", "message": "is empty"}]
    return 201, {
        "benchmarks": [work.benchmark()],
        "created": 1318,
        "updated": 0,
        "unchanged": 0,
        "rejected": rejected,
        "rejected_count": 1,
        "job_id": 5,
    }


@route(r"GET /v1/jobs/(\d+)")
def job(api: "FakeApi", query: Any, body: Any, job_id: str) -> tuple[int, Any]:
    return 200, {
        "id": int(job_id),
        "kind": "seed.decontaminate",
        "state": "done",
        "done_count": 60,
        "total_count": 60,
        "error": None,
        "created_at": fake.NOW,
        "finished_at": fake.NOW,
    }


@route("GET /v1/import-recipes")
def import_recipes(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, [
        {
            "name": "openr1-math-220k", "title": "OpenR1-Math-220k", "licence": "apache-2.0",
            "fields": {"prompt": "problem", "answer": "answer", "external_id": "uuid",
                       "domain": "problem_type"},
            "metadata": {"source": "source"}, "left_out": "the models' responses",
            "columns": ["answer", "problem", "problem_type", "source", "uuid"],
        },
        {
            "name": "open-thoughts-114k", "title": "OpenThoughts-114k", "licence": "apache-2.0",
            "fields": {"prompt": "conversations[0].value"}, "metadata": {},
            "left_out": "the models' responses", "columns": ["conversations"],
        },
    ]  # fmt: skip


@route(r"POST /v1/imports/(\d+):undo")
def undo_import(api: "FakeApi", query: Any, body: Any, import_id: str) -> tuple[int, Any]:
    api.imports[0]["undone_at"] = fake.NOW
    kept = {"kept_decided": 1, "kept_changed": 0, "kept_taken": 0}
    return 200, {"withdrawn": 48, "returned": 2, **kept}


@route("POST /v1/exports:preview")
def preview_export(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    rows = 21 if api.seeds else 0
    return 200, {
        "rows": rows, "without_reference": 0, "with_standing_hits": 2, "never_checked": 0,
        "checked_before": 3,
    }  # fmt: skip


@route("POST /v1/exports")
def start_export(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.exports.insert(0, {**work.export(len(api.exports) + 1, "pending"), "name": body["name"]})
    return 202, api.exports[0]


@route(r"GET /v1/exports/(\d+)")
def get_export(api: "FakeApi", query: Any, body: Any, export_id: str) -> tuple[int, Any]:
    return 200, next(e for e in api.exports if e["id"] == int(export_id))


@route("GET /v1/exports:formats")
def list_formats(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, [
        {"name": "trl-sft", "title": "SFT with TRL", "layout": "sft"},
        {"name": "trl-grpo", "title": "GRPO with TRL", "layout": "rl"},
    ]


@route(r"POST /v1/mixture-versions/(\d+)/exports")
def start_version_export(
    api: "FakeApi", query: Any, body: Any, version_id: str
) -> tuple[int, Any]:  # fmt: skip
    made = work.version_export(len(api.exports) + 1, "pending") | {"name": body["name"]}
    api.exports.insert(0, made)
    return 201, made


@route(r"GET /v1/exports/(\d+)/shards")
def list_shards(api: "FakeApi", query: Any, body: Any, export_id: str) -> tuple[int, Any]:
    return 200, [work.shard()]


@route(r"GET /v1/exports/(\d+)/files/([\w./-]+)")
def export_file(
    api: "FakeApi", query: Any, body: Any, export_id: str, name: str
) -> tuple[int, Any]:
    return 200, b"# A card\n" if name == "README.md" else b'{"messages": []}\n'

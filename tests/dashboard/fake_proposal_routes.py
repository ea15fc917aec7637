"""What the fake API answers on runs that ask a model for proposals."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rewrite_rows as rewrites
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_routes import route
from tests.dashboard.fake_trace_routes import line_up_entry

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


def proposal_run(run_id: int, wanted: Any, kind: str = "rewrites") -> dict[str, Any]:
    """A run that has just begun."""
    settings = {
        "line_up": [line_up_entry() | {"role": "proposer"}],
        "candidates": wanted["candidates"], "note": wanted.get("note"), "parallel_jobs": 1,
        "template": wanted["kind"],
    }  # fmt: skip
    settings |= {"import_id": 5} if kind == "augmentation" else {}
    return work.run(run_id) | {
        "name": kind, "kind": kind, "settings": settings, "verdicts": {}, "failures": [],
        "filter": wanted["filter"], "seeds_total": 1, "seeds_scored": 0, "seeds_failed": 0,
        "calls": 0,
    }  # fmt: skip


@route("POST /v1/(rewrite|augmentation)-runs:forecast")
def forecast(api: "FakeApi", query: Any, body: Any, what: str) -> tuple[int, Any]:
    seeds = len(api.matching(body["filter"]))
    calls = seeds * body["candidates"]
    asked = work.endpoint_forecast("Teacher", "proposer", calls, calls, calls)
    whole = {field: value for field, value in asked.items()
             if field not in ("endpoint_id", "endpoint", "role")}  # fmt: skip
    return 200, whole | {"seeds": seeds, "endpoints": [asked], "notes": []}


@route("POST /v1/(rewrite|augmentation)-runs")
def start(api: "FakeApi", query: Any, body: Any, what: str) -> tuple[int, Any]:
    if api.refusal:
        return 422, {"status": 422, "code": "invalid", "detail": api.refusal}
    kind = "rewrites" if what == "rewrite" else what
    api.runs.insert(0, proposal_run(len(api.runs) + 1, body, kind))
    return 201, api.runs[0]


@route(r"GET /v1/runs/(\d+)/proposals:summary")
def get_summary(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    """Whoever looks for the first time sees nothing yet; then the scripted candidates come."""
    run = next(run for run in api.runs if run["id"] == int(run_id))
    made = [one for one in api.rewrites.values() if one["run_id"] == run["id"]]
    found = {"run_id": run["id"], "replies": 0, "made": 0, "seeds": 0, "outcomes": [],
             "standing": {}}  # fmt: skip
    if run["state"] == "running" and "seed_id" in run["filter"]:
        _finish(api, run)
        return 200, found
    total = len(made) + 2
    outcomes = [("duplicate", 1), ("not_json", 1), ("made", len(made))]
    return 200, found | {
        "replies": total, "made": len(made), "seeds": 1, "standing": {"proposed": len(made)},
        "outcomes": [{"outcome": name, "count": n, "share": n / total} for name, n in outcomes],
    }  # fmt: skip


def _finish(api: "FakeApi", run: dict[str, Any]) -> None:
    seed = api.seeds[run["filter"]["seed_id"]]
    for prompt, answer in api.candidates:
        wanted = {"kind": run["settings"]["template"], "prompt": prompt, "answer": answer,
                  "why": "A number can be checked."}  # fmt: skip
        number = len(api.rewrites) + 1
        api.rewrites[number] = rewrites.detail(
            number, seed, wanted, author="Teacher", by_model=True, run_id=run["id"]
        )
    run |= {"state": "finished", "seeds_scored": 1, "calls": len(api.candidates)}

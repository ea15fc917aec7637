"""What the fake API answers on hits, checks and policies of decontamination."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_hit_rows as rows
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


def check_job(job_id: int = 5, state: str = "queued", done: int = 0) -> dict[str, Any]:
    """A check of all seeds."""
    return {
        "id": job_id, "kind": "decontamination.check", "state": state, "done_count": done,
        "total_count": 60, "error": None, "created_at": fake.NOW, "finished_at": None,
    }  # fmt: skip


def matching(api: "FakeApi", query: dict[str, str]) -> list[dict[str, Any]]:
    """The hits under a filter, newest first."""
    found = [
        hit | {"seed_id": seed["id"], "revision_id": seed["revision_id"], "source": seed["source"]}
        for seed in api.seeds.values()
        for hit in seed["evidence"]["hits"]
    ]
    fields = [field for field in query if field not in ("after", "limit")]
    kept = [hit for hit in found if all(hit[field] == query[field] for field in fields)]
    shown = [{k: value for k, value in hit.items() if k != "source"} for hit in kept]
    return sorted(shown, key=lambda hit: -int(hit["id"]))


@route("GET /v1/hits")
def list_hits(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = [hit for hit in matching(api, query) if hit["id"] < int(query.get("after", 10**9))]
    items = found[: int(query["limit"])]
    following = str(items[-1]["id"]) if len(found) > len(items) else None
    return 200, {"items": items, "next": following, "total": None}


@route("GET /v1/hits/counts")
def count_hits(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    counts = {
        verdict: dict.fromkeys(("open", "confirmed", "dismissed"), 0)
        for verdict in ("contaminated", "variant", "related")
    }
    for hit in matching(api, query):
        counts[hit["verdict"]][hit["state"]] += 1
    return 200, {"counts": counts}


@route("GET /v1/decontamination/check")
def check_state(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {
        "benchmarks": len(api.benchmarks), "items": sum(b["item_count"] for b in api.benchmarks),
        "seeds": len(api.seeds), "due": min(2, len(api.seeds)), "job": api.checking,
    }  # fmt: skip


@route("POST /v1/decontamination:check")
def check(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, check_job()


@route("GET /v1/decontamination/policies")
def list_policies(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.hit_policies[::-1]


@route("POST /v1/decontamination/policies")
def save_policy(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    version = 1 + sum(policy["name"] == body["name"] for policy in api.hit_policies)
    number = len(api.hit_policies) + 1
    api.hit_policies.append(rows.policy(number, version, body["name"], **body["settings"]))
    return 201, api.hit_policies[-1] | {"job_id": 5 if body["name"] == "default" else None}


@route("GET /v1/decontamination/report")
def report(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.rule_reports

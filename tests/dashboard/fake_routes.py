"""What the fake API answers to each request."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

FINAL = {"accept": "accepted", "reject": "rejected", "needs_rewrite": "needs_rewrite"}

Handler = Callable[..., tuple[int, Any]]
ROUTES: list[tuple[str, Handler]] = []


def route(pattern: str) -> Callable[[Handler], Handler]:
    """Answer "METHOD /path" by this function."""

    def add(handler: Handler) -> Handler:
        ROUTES.append((pattern, handler))
        return handler

    return add


def row(seed: dict[str, Any]) -> dict[str, Any]:
    left_out = ("metadata", "revisions", "evidence", "history")
    return {k: v for k, v in seed.items() if k not in left_out} | {"prompt": seed["prompt"][:300]}


def counts(seeds: list[dict[str, Any]], field: str) -> dict[str, int]:
    return dict(Counter(str(s[field]) for s in seeds if s[field]))


@route("POST /v1/sign-in")
def sign_in(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    link = body.get("link")
    if link in api.links or (body.get("name") == "ada" and body.get("password") == "right"):
        api.links.discard(link)
        return 200, {
            "secret": "s3cret",
            "user": api.user,
            "expires_at": "2126-11-23T10:00:00+00:00",
        }
    return 401, {"status": 401, "code": "unauthenticated", "detail": "name and password do not fit"}


@route("POST /v1/sign-out")
def sign_out(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 204, None


@route("GET /v1/me")
def me(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.user


@route("GET /v1/overview")
def overview(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = list(api.seeds.values())
    scored = [s for s in seeds if s["verdict"]]
    decided = [s for s in seeds if s["status"] != "pending"]
    accepted = [s for s in seeds if s["status"] == "accepted"]
    stages = {
        "ingested": seeds,
        "decontaminated": seeds,
        "scored": scored,
        "triaged": decided,
        "accepted": accepted,
        "exported": [],
    }
    points = [
        {
            "seed_id": s["id"],
            "agreement": s["agreement"],
            "reliability": s["reliability"],
            "score": s["score"],
            "verdict": s["verdict"],
            "domain": s["domain"],
        }
        for s in scored
    ]
    spend = [
        {
            "endpoint": e["name"],
            "role": e["role"],
            "calls": 200,
            "prompt_tokens": 9000,
            "completion_tokens": 21000,
            "reasoning_tokens": 0,
            "cost": 0.0,
        }
        for e in api.endpoints
    ]
    sources = [
        {"source": name, "seeds": count, "accepted": 0, "rejected": 0, "open_hits": 3, "suspect": 5}
        for name, count in counts(seeds, "source").items()
    ]
    return 200, {
        "funnel": [{"stage": name, "count": len(kept)} for name, kept in stages.items()],
        "verdicts": counts(seeds, "verdict"),
        "points": points,
        "spend": {
            "calls": 200 * len(spend),
            "tokens": 30000 * len(spend),
            "cost": 0.0,
            "by_endpoint": spend,
        },
        "sources": sources,
    }


@route("GET /v1/seeds/facets")
def facets(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = api.matching(query)
    fields = {f: counts(seeds, f) for f in ("status", "verdict", "domain", "source")}
    return 200, {"total": len(seeds), **fields}


@route("GET /v1/seeds")
def list_seeds(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = api.matching(query)
    first, limit = int(query.get("after", 0)), int(query.get("limit", 50))
    following = str(first + limit) if first + limit < len(found) else None
    items = [row(s) for s in found[first : first + limit]]
    return 200, {"items": items, "next": following, "total": len(found)}


@route(r"GET /v1/seeds/(\d+)")
def get_seed(api: "FakeApi", query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    seed = api.seeds.get(int(seed_id))
    if seed is None:
        return 404, {"status": 404, "code": "not_found", "detail": f"there is no seed {seed_id}"}
    return 200, seed


@route(r"PATCH /v1/seeds/(\d+)")
def edit_seed(api: "FakeApi", query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    seed = api.seeds[int(seed_id)]
    if body.get("prompt") == "":
        errors = [{"field": "prompt", "code": "empty", "message": "must not be empty"}]
        return 422, {"status": 422, "code": "invalid", "detail": "invalid", "errors": errors}
    seed.update(body)
    revision = {
        **seed["revisions"][0],
        "number": len(seed["revisions"]) + 1,
        "id": 5000 + len(seed["revisions"]),
        "prompt": seed["prompt"],
        "origin": "edit",
    }
    seed["revisions"].append(revision)
    return 200, seed


@route("POST /v1/seeds:bulk")
def push(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    results = []
    for index, line in enumerate(body.splitlines()):
        if not json.loads(line).get("prompt"):
            error = {"code": "missing", "field": "prompt", "message": "is required"}
            results.append(
                {
                    "index": index,
                    "external_id": None,
                    "status": "rejected",
                    "id": None,
                    "error": error,
                }
            )
    created = len(body.splitlines()) - len(results)
    numbers = {
        "created": created,
        "updated": 0,
        "unchanged": 0,
        "duplicate": 0,
        "rejected": len(results),
    }
    return 200, {"import_id": 9, **numbers, "results": results}


@route("GET /v1/queue")
def queue(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = api.matching(query)
    return 200, {"items": found[: int(query["limit"])], "left": len(found), "lease_seconds": 300}


@route("POST /v1/queue:(heartbeat|release)")
def leases(api: "FakeApi", query: Any, body: Any, action: str) -> tuple[int, Any]:
    return (200, {"held": body["seed_ids"], "lost": []}) if action == "heartbeat" else (204, None)


@route("POST /v1/decisions")
def decide(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"results": [_decide(api, decision) for decision in body["decisions"]]}


def _decide(api: "FakeApi", decision: dict[str, Any]) -> dict[str, Any]:
    token, seed = decision["token"], api.seeds[decision["seed_id"]]
    if token in api.answers:
        return {**api.answers[token], "status": "repeated"}
    if decision["kind"] == "accept" and seed["open_hits"]:
        error = {"code": "open_hits", "field": None, "message": "it has open hits"}
        return {
            "token": token,
            "status": "rejected",
            "decision_id": None,
            "seed": None,
            "error": error,
        }
    number = len(api.decisions) + 1
    event = fake.decision(number, seed["id"], decision["kind"], decision.get("reason"))
    api.decisions.append(event | {"before": {"status": seed["status"]}})
    seed["status"] = FINAL.get(decision["kind"], seed["status"])
    seed["flagged"] = {"flag": True, "unflag": False}.get(decision["kind"], seed["flagged"])
    if decision["kind"] in ("confirm_hit", "dismiss_hit"):
        seed["open_hits"] = 0
        seed["evidence"]["hits"][0]["state"] = (
            "confirmed" if decision["kind"] == "confirm_hit" else "dismissed"
        )
    api.answers[token] = {
        "token": token,
        "status": "stored",
        "decision_id": number,
        "seed": row(seed),
        "error": None,
    }
    return api.answers[token]


@route("POST /v1/decisions:undo")
def undo(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if body["token"] in api.answers:
        return 200, api.answers[body["token"]]
    standing = [d for d in api.decisions if d["id"] not in api.undone]
    chosen = [d for d in standing if d["id"] == body.get("decision_id", d["id"])]
    if not chosen:
        return 404, {"code": "not_found", "detail": "there is nothing to undo"}
    api.undone.append(chosen[-1]["id"])
    seed = api.seeds[chosen[-1]["seed_id"]]
    seed["status"] = chosen[-1]["before"]["status"]
    api.answers[body["token"]] = {"decision": chosen[-1], "seed": row(seed)}
    return 200, api.answers[body["token"]]

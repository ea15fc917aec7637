"""What the fake API answers to each request."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

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
            "secret": api.secret,
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


@route("GET /v1/seeds/count")
def count_seeds(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"count": len(api.matching(query)), "exact": True}


@route("GET /v1/seeds/values")
def values(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = list(api.seeds.values())
    domains, sources = ({s[name] for s in seeds if s[name]} for name in ("domain", "source"))
    return 200, {"domains": sorted(domains), "sources": sorted(sources)}


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

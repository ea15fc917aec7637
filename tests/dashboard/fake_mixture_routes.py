"""What the fake API answers on mixtures: three clusters of examples of 1,000 tokens each."""

from typing import TYPE_CHECKING, Any

import yaml

from backend.mixtures.clusters import formula
from backend.mixtures.recipe import Recipe
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_pages import paged
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

Json = dict[str, Any]
EXAMPLES = {("algebra", "high"): 40, ("algebra", "low"): 20, (None, "medium"): 10}
TOKENS = 1000
CAP_THAT_CANNOT_HOLD = 0.1


def mixture(number: int, name: str, recipe: Json, **fields: Any) -> Json:
    return {
        "id": number, "name": name, "recipe": Recipe(**recipe).document(), "edition": 1,
        "parent_id": None, "versions": 0, "created_by": "ada", "created_at": fake.NOW,
        "updated_at": fake.NOW, **fields,
    }  # fmt: skip


def stored(seeds: int) -> tuple[list[Json], list[Json], dict[int, str | None]]:
    """The mixtures of an API with so many seeds, their versions, and tiers given by hand."""
    return [mixture(1, "maths", {})] if seeds else [], [], {}


def version(number: int, of: Json, **fields: Any) -> Json:
    return {
        "id": number, "mixture_id": of["id"], "mixture": of["name"], "number": number,
        "state": "frozen", "rows_hash": f"{number:064x}", "withdrawn": 0, "blocked": False,
        "job_id": 7, "error": None, "created_by": "ada", "created_at": fake.NOW,
        "frozen_at": fake.NOW, "recipe": of["recipe"], "figures": figures(of["recipe"]), **fields,
    }  # fmt: skip


def figures(recipe: Json) -> Json:
    """Of the first part alone; one source makes up all of it."""
    part = recipe.get("parts", [{}])[0]
    rules = {(one.get("domain"), one["tier"]): one["epochs"] for one in part.get("clusters", [])}
    asked = {cluster: rules.get(cluster, part.get("default_epochs", 1.0)) for cluster in EXAMPLES}
    rows = {cluster: round(asked[cluster] * count) for cluster, count in EXAMPLES.items()}
    total = sum(rows.values())
    clusters = [
        {
            "part": part.get("name", "all"), "domain": domain, "tier": tier,
            "asked_epochs": asked[domain, tier], "epochs": asked[domain, tier],
            "examples": count, "held_out": 1, "rows": rows[domain, tier],
            "tokens": TOKENS * rows[domain, tier], "share": rows[domain, tier] / max(total, 1),
        }
        for (domain, tier), count in EXAMPLES.items()
    ]  # fmt: skip
    amount = {"rows": total, "tokens": TOKENS * total, "share": 1.0, "held_out": 3}
    split = {"seeds": 70, "examples": 70, "rows": total, "tokens": TOKENS * total}
    warned = [{"code": "one_source", "message": "gsm8k is 100% of all tokens."}]
    return {
        "as_of": fake.NOW, "uncounted": 0, "train": split,
        "validation": {"seeds": 3, "examples": 3, "rows": 3, "tokens": 3 * TOKENS},
        "clusters": clusters,
        "lengths": [{"least": 512, "below": 1024, "rows": total},
                    {"least": 1024, "below": 2048, "rows": 0}],
        "sources": [{"name": "gsm8k", **amount}],
        "licences": [{"name": None, **amount}],
        "left_out": [{"reason": "no_trace", "seeds": 4}],
        "warnings": warned if total else [{"code": "empty", "message": "Nothing is left."}],
    }  # fmt: skip


def _missing(what: str) -> tuple[int, Any]:
    return 404, {"status": 404, "code": "not_found", "detail": f"there is no {what}"}


@route("GET /v1/mixtures")
def list_mixtures(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, paged(api.mixtures[::-1], query)


@route("POST /v1/mixtures")
def create(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return _add(api, body["name"], body.get("recipe", {}))


@route("POST /v1/mixtures:compose")
def compose(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return _add(api, body["name"], {})


@route("POST /v1/mixtures:preview")
def preview(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    for number, part in enumerate(body.get("parts", [])):
        for name, cap in part.get("source_caps", {}).items():
            if cap.get("share", 1.0) < CAP_THAT_CANNOT_HOLD:
                field = f"parts.{number}.source_caps.{name}"
                error = {"field": field, "code": "caps", "message": "the caps leave nothing"}
                return 422, {"status": 422, "code": "caps", "detail": "all", "errors": [error]}
    return 200, figures(body)


@route("POST /v1/mixtures:read-yaml")
def read_yaml(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, Recipe.model_validate(yaml.safe_load(body["yaml"])).document()


@route(r"GET /v1/mixtures/(\d+)")
def read(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    found = next((one for one in api.mixtures if one["id"] == int(number)), None)
    return (200, found) if found else _missing(f"mixture {number}")


@route(r"GET /v1/mixtures/(\d+)/recipe.yaml")
def read_recipe(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    return 200, yaml.safe_dump(api.mixtures[int(number) - 1]["recipe"], sort_keys=False).encode()


@route(r"PUT /v1/mixtures/(\d+)")
def update(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    found = api.mixtures[int(number) - 1]
    if found["edition"] != body["edition"]:
        return 409, {"status": 409, "code": "stale_edition", "detail": "maths was changed since"}
    found["recipe"] = Recipe.model_validate(body["recipe"]).document()
    found["edition"] += 1
    return 200, found


@route(r"POST /v1/mixtures/(\d+):siblings")
def siblings(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    made = [
        _add(api, f"maths without {name}", {}, parent_id=1)[1] for name in ("algebra", "all else")
    ]
    return 201, made


@route(r"POST /v1/mixtures/(\d+):freeze")
def freeze(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    api.versions.append(version(len(api.versions) + 1, api.mixtures[int(number) - 1]))
    return 201, api.versions[-1]


@route(r"GET /v1/mixtures/(\d+)/versions")
def list_versions(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    left_out = ("recipe", "figures")
    wanted = query.get("number", "")
    items = [
        {"name": "", **{k: v for k, v in one.items() if k not in left_out}}
        for one in api.versions[::-1]
        if wanted in ("", str(one["number"])) and one["mixture_id"] == int(number)
    ]
    return 200, paged(items, query)


@route(r"GET /v1/mixture-versions/(\d+):compare")
def compare(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    seeds = {"change": "went", "why": "taken_down"}
    return 200, {
        "before": api.versions[int(number) - 1], "after": api.versions[int(query["after"]) - 1],
        "same": False, "counts": [{**seeds, "seeds": 1}],
        "differences": [{**seeds, "seed_id": 5, "before": 2, "after": 0}],
        "recipe": {"random_seed": [0, 1]},
    }  # fmt: skip


@route(r"GET /v1/mixture-versions/(\d+)")
def read_version(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    return 200, api.versions[int(number) - 1]


def _add(api: "FakeApi", name: str, recipe: Json, **fields: Any) -> tuple[int, Any]:
    api.mixtures.append(mixture(len(api.mixtures) + 1, name, recipe, **fields))
    return 201, api.mixtures[-1]


@route("GET /v1/clusters")
def list_clusters(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    clusters = [
        {"domain": domain, "tier": tier, "seeds": count, "mean_quality": 0.75, "by_hand": 1}
        for (domain, tier), count in EXAMPLES.items()
    ]
    found = {"clusters": clusters if api.seeds else [], "formula": formula().model_dump()}
    return 200, {**found, "as_of": fake.NOW}


@route(r"GET /v1/seeds/(\d+)/quality")
def seed_quality(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    parts = {"verdict": 1.0, "judges": 0.5, "traces": 0.75, "source": 0.6}
    tier = api.tiers.get(int(number))
    return 200, {
        "seed_id": int(number), "domain": "algebra", "parts": parts, "quality": 0.78,
        "tier": tier or "high", "by_hand": tier is not None,
        "taken_down": int(number) == 5,
    }  # fmt: skip


@route("POST /v1/seeds:move")
def move_seeds(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if not body.get("dry_run"):
        tier = body["rules"][0].get("tier")
        api.tiers |= dict.fromkeys(body.get("seed_ids", []), None if tier == "formula" else tier)
    return 200, {"count": 12, "left_out": 0, "batch": body["token"], "job_id": None}

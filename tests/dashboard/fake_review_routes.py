"""What the fake API answers about the queue, decisions and the one who takes them."""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from backend.accounts.setting_schemas import UserSettings
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_rewrite_rows import follow
from tests.dashboard.fake_routes import route, row

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

SETTLED = {"confirm_hit": "confirmed", "dismiss_hit": "dismissed"}
FINAL = {"accept": "accepted", "reject": "rejected", "needs_rewrite": "needs_rewrite"}
LEASED_UNTIL = "2026-11-23T10:05:00+00:00"


def settle(seed: dict[str, Any], hit_id: int, state: str) -> None:
    """Give a hit another state, and count those that wait."""
    hits = seed["evidence"]["hits"]
    next(hit for hit in hits if hit["id"] == hit_id)["state"] = state
    waiting = [hit for hit in hits if hit["state"] == "open" and hit["action"] != "ignore"]
    seed["open_hits"] = len(waiting)


@route("GET /v1/queue")
def queue(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = [seed for seed in api.matching(query) if seed["id"] not in api.taken_by_others]
    leases = {"lease_seconds": 300, "leased_until": LEASED_UNTIL}
    shown = set(map(int, query.get("shown", [])))
    items = [seed for seed in found[: int(query["limit"])] if seed["id"] not in shown]
    left = None if query.get("count") == "false" else len(found)
    return 200, {"items": items, "left": left, "left_exact": True, **leases}


@route("POST /v1/queue:(heartbeat|release)")
def leases(api: "FakeApi", query: Any, body: Any, action: str) -> tuple[int, Any]:
    if action == "release":
        return 204, None
    holders = {n: who for n, who in api.taken_by_others.items() if n in body["seed_ids"]}
    return 200, {
        "held": [n for n in body["seed_ids"] if n not in holders],
        "lost": list(holders),
        "holders": {str(number): who for number, who in holders.items()},
        "leased_until": LEASED_UNTIL,
    }


@route("POST /v1/decisions")
def decide(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"results": [_decide(api, decision) for decision in body["decisions"]]}


def _decide(api: "FakeApi", decision: dict[str, Any]) -> dict[str, Any]:
    token, seed = decision["token"], api.seeds[decision["seed_id"]]
    if token in api.answers:
        return {**api.answers[token], "status": "repeated"}
    waits = "it has open hits" if decision["kind"] == "accept" and seed["open_hits"] else None
    if refusal := api.refusal or waits:
        error = {"code": "refused", "field": None, "message": refusal}
        return {
            "token": token,
            "status": "rejected",
            "decision_id": None,
            "seed": None,
            "error": error,
        }
    number = len(api.decisions) + 1
    event = fake.decision(number, seed["id"], decision["kind"], decision.get("reason"))
    event["hit_id"] = decision.get("hit_id")
    api.decisions.append(event | {"before": {"status": seed["status"]}})
    seed["status"] = FINAL.get(decision["kind"], seed["status"])
    seed["flagged"] = {"flag": True, "unflag": False}.get(decision["kind"], seed["flagged"])
    if state := SETTLED.get(decision["kind"]):
        settle(seed, decision["hit_id"], state)
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
    number = body.get("decision_id")
    standing = [d["id"] for d in api.decisions if d["id"] not in api.undone]
    wanted, again = number or max(standing, default=None), False
    if number in api.undos:  # an undo, or what has taken one back
        wanted, done = api.undos[number]
        again = not done
    if wanted is None or (wanted in standing) == again:
        return 404, {"code": "not_found", "detail": "there is nothing to undo"}
    api.answers[body["token"]] = _take_back(api, wanted, again)
    return 200, api.answers[body["token"]]


def _take_back(api: "FakeApi", number: int, again: bool) -> dict[str, Any]:
    """Undo a decision, or do it again; the event that does so gets a number of its own."""
    decision = next(d for d in api.decisions if d["id"] == number)
    seed = api.seeds[decision["seed_id"]]
    before = decision["before"]["status"]
    seed["status"] = FINAL.get(decision["kind"], before) if again else before
    if decision["kind"] in ("flag", "unflag"):
        seed["flagged"] = (decision["kind"] == "flag") == again
    if decision["kind"] == "rewrite":
        follow(api, decision, again)
    if decision["hit_id"] is not None:
        settle(seed, decision["hit_id"], SETTLED[decision["kind"]] if again else "open")
    (api.undone.remove if again else api.undone.append)(number)
    event = 1000 + len(api.undos)
    api.undos[event] = (number, again)
    kind = decision["kind"] if again else "undo"
    return {"decision": {**decision, "id": event, "kind": kind}, "seed": row(seed)}


def redo_last(api: "FakeApi") -> tuple[int, Any]:
    """Do the last undone decision again."""
    if not api.undone:
        return 404, {"code": "nothing_to_redo", "detail": "there is nothing to redo"}
    return 200, _take_back(api, api.undone[-1], again=True)


@route("GET /v1/me/settings")
def settings(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.settings


@route("PUT /v1/me/settings")
def save_settings(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    try:
        api.settings = UserSettings.model_validate(body).model_dump()
    except ValidationError as error:
        api.requests.pop()  # refused on purpose: it is no breach of the contract
        errors = [
            {"field": ".".join(map(str, e["loc"])), "code": e["type"], "message": e["msg"]}
            for e in error.errors()
        ]
        return 422, {"status": 422, "code": "invalid", "detail": "invalid", "errors": errors}
    return 200, api.settings


@route("GET /v1/review/progress")
def progress(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    today = len([d for d in api.decisions if d["kind"] in FINAL and d["id"] not in api.undone])
    left = len([s for s in api.seeds.values() if s["status"] == "pending"])
    counts = {"mine_today": today, "total_decided": len(api.seeds) - left, "left": left}
    return 200, {**counts, "exact": True, "median_seconds": 4.2 if today > 1 else None}

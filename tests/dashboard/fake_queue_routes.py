"""What the fake API answers on queues, adjudication, agreement between curators, and people."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_review_routes import FINAL
from tests.dashboard.fake_routes import route, row

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


CURATORS = [{"id": 1, "name": "ada"}, {"id": 2, "name": "grace"}, {"id": 3, "name": "linus"}]


def queue(number: int, name: str, overlap: int = 2, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "filter": {"status": "pending", "domain": "algebra"},
        "sort": "attention",
        "overlap": overlap,
        "instructions": "Accept only what has exactly one answer.",
        "curators": [],
        "open": True,
        "mine": True,
        "created_by": "ada",
        "created_at": fake.NOW,
        **fields,
    }


def queues() -> list[dict[str, Any]]:
    return [
        queue(1, "Algebra, twice"),
        queue(2, "Everything", 1, filter={"status": "pending"}, instructions=""),
        queue(3, "Last week", open=False, mine=False, curators=CURATORS[1:]),
    ]


def opinion(user: str, kind: str, reason: str | None = None, flagged: bool = False) -> Any:
    return {"user": user, "kind": kind, "flagged": flagged, "reason": reason,
            "created_at": fake.NOW}  # fmt: skip


def disputes() -> dict[int, list[dict[str, Any]]]:
    """The opinions on each disputed seed."""
    return {
        2: [opinion("grace", "accept"), opinion("linus", "reject", "Too easy", True)],
        8: [opinion("grace", "needs_rewrite", "Which root?"), opinion("linus", "accept")],
    }


def person(number: int, today: int, total: int, seconds: float | None) -> dict[str, Any]:
    return {"user_id": number, "user": CURATORS[number - 1]["name"], "today": today,
            "total": total, "median_seconds": seconds, "last_active": fake.NOW}  # fmt: skip


PEOPLE = [person(1, 12, 140, 9.5), person(2, 30, 88, 14.0), person(3, 0, 3, None)]


@route("GET /v1/review-queues")
def list_queues(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.queues


@route(r"GET /v1/review-queues/(\d+)")
def read_queue(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    for found in api.queues:
        if found["id"] == int(number):
            return 200, found
    return 404, {"status": 404, "code": "not_found", "detail": f"there is no queue {number}"}


@route("POST /v1/review-queues")
def make_queue(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if any(found["name"] == body["name"] for found in api.queues):
        return 409, {"status": 409, "code": "name_taken",
                     "detail": f"there is a queue {body['name']} already"}  # fmt: skip
    curators = [one for one in CURATORS if one["id"] in body["curators"]]
    fields = {name: body[name] for name in ("filter", "sort", "instructions")}
    made = queue(len(api.queues) + 1, body["name"], body["overlap"], curators=curators, **fields)
    api.queues.append(made)
    return 201, made


@route(r"PATCH /v1/review-queues/(\d+)")
def change_queue(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    found = api.queues[int(number) - 1]
    found.update({name: value for name, value in body.items() if name != "curators"})
    if "curators" in body:
        found["curators"] = [one for one in CURATORS if one["id"] in body["curators"]]
    return 200, found


@route(r"GET /v1/review-queues/(\d+)/progress")
def progress(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    waiting = len(api.disputes) if number == "1" else 0
    counts = {"left": 30, "decided": 68, "in_adjudication": waiting}
    return 200, {**counts, "people": PEOPLE if number == "1" else []}


@route("GET /v1/adjudications")
def list_disputes(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if query.get("queue_id", "1") != "1":
        return 200, {"items": [], "next": None, "total": 0}
    items = [
        {"queue_id": 1, "queue": "Algebra, twice", "seed": row(api.seeds[seed_id]),
         "opinions": opinions}
        for seed_id, opinions in sorted(api.disputes.items())
        if api.seeds[seed_id]["status"] == "pending"
    ]  # fmt: skip
    return 200, {"items": items, "next": None, "total": len(items)}


@route("POST /v1/adjudications")
def adjudicate(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if api.refusal:
        return 409, {"status": 409, "code": "open_hits", "detail": api.refusal}
    seed = api.seeds[body["seed_id"]]
    number = len(api.decisions) + 1
    event = fake.decision(number, seed["id"], body["kind"], body.get("reason"))
    api.decisions.append(event | {"before": {"status": seed["status"]}, "hit_id": None})
    seed["status"] = FINAL[body["kind"]]
    return 200, {"decision": api.decisions[-1], "seed": row(seed)}


def pair(first: str, second: str, alike: float, kappa: float | None, half: float) -> dict[str, Any]:
    known = kappa is not None
    return {"first": first, "second": second, "seeds": 42, "percent_agreement": alike,
            "kappa": kappa, "kappa_low": kappa - half if kappa is not None else None,
            "kappa_high": kappa + half if known and kappa is not None else None}  # fmt: skip


@route("GET /v1/review-agreement")
def agreement(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    some = bool(api.queues) and query.get("queue_id", "1") == "1"
    pairs = [pair("ada", "grace", 0.86, 0.71, 0.18), pair("ada", "linus", 0.62, 0.24, 0.3),
             pair("grace", "linus", 0.55, None, 0)] * some  # fmt: skip
    undefined = {"alpha": None, "alpha_low": None, "alpha_high": None}
    alpha = {"alpha": 0.69, "alpha_low": 0.5, "alpha_high": 0.83} if some else undefined
    cells = [("accept", "teachable", 31), ("accept", "hard", 4), ("reject", "easy", 12),
             ("reject", "teachable", 3), ("reject", None, 2)]  # fmt: skip
    against = {
        "curator": "ada",
        "cells": [{"kind": k, "verdict": v, "count": n} for k, v, n in cells],
        "seeds": 50, "percent_agreement": 0.86, "kappa": 0.66, "kappa_low": 0.42,
        "kappa_high": 0.9,
    }  # fmt: skip
    return 200, {
        "queue_id": int(query["queue_id"]) if "queue_id" in query else None,
        "seeds": 42 if some else 0,
        "most_seeds": 5000,
        "more": False,
        "questions": [
            {"name": "decision", "seeds": 42 * some, **alpha, "pairs": pairs},
            {"name": "reason", "seeds": 0, **undefined, "pairs": []},
            {"name": "flagged", "seeds": 42 * some, **alpha, "pairs": pairs[:1]},
        ],
        "against_verdict": [against] * some,
    }


@route("GET /v1/review/curators")
def list_curators(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, CURATORS


@route("GET /v1/review/people")
def list_people(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, PEOPLE if api.seeds else []


@route("GET /v1/review/leaderboard")
def leaderboard(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    shown = api.leaderboard["enabled"] and not api.leaderboard["hidden"]
    rows = [
        {"user_id": 2, "user": "grace", "today": 30, "week": 88, "agreement": 0.81,
         "compared": 42},
        {"user_id": 1, "user": "ada", "today": 12, "week": 60, "agreement": None, "compared": 0},
    ]  # fmt: skip
    return 200, {**api.leaderboard, "rows": rows if shown and api.seeds else []}


@route("PUT /v1/settings/leaderboard")
def set_leaderboard(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.leaderboard.update(body)
    return 200, api.leaderboard

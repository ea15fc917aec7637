"""The history and bulk actions of the fake API."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_review_routes import FINAL, redo_last
from tests.dashboard.fake_routes import route, row

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


JOB_FROM = 50  # As many seeds are left to a job.


def batch_row(number: int, token: str, kind: str, **fields: Any) -> dict[str, Any]:
    """A bulk action."""
    return {
        "id": number, "batch": token, "user": "ada", "kind": kind, "reason": None, "filter": None,
        "changes": None, "count": 2, "left_out": 0, "undone_count": 0, "undoes": None,
        "undone_by": None, "job": None, "created_at": fake.NOW,
    } | fields  # fmt: skip


def job_row(state: str = "running", done: int = 400, total: int = 1000) -> dict[str, Any]:
    """A bulk action that is worked off."""
    return {
        "id": 7, "kind": "decisions.bulk", "state": state, "done_count": done,
        "total_count": total, "error": None, "created_at": fake.NOW, "finished_at": None,
    }  # fmt: skip


def some_history(api: "FakeApi") -> None:
    """Two bulk actions, one of them undone, and single decisions, one undone."""
    rejected, undone = str(UUID(int=1)), str(UUID(int=2))
    api.batches = [
        batch_row(
            1, rejected, "reject", reason="too *easy* for all", filter={"verdict": "easy"},
            count=412, left_out=3, undone_count=412, undone_by=undone,
        ),
        batch_row(2, undone, "undo", count=412, undoes=rejected),
    ]  # fmt: skip
    for number, kind, after in (
        (1, "accept", {"status": "accepted"}), (2, "flag", {"flagged": True}),
        (3, "needs_rewrite", {"status": "needs_rewrite"}),
    ):  # fmt: skip
        event = fake.decision(number, number, kind, "unclear" if number == 3 else None)
        before = {"flagged": False} if kind == "flag" else {"status": "pending"}
        api.decisions.append(event | {"before": before, "after": after})
    undo = fake.decision(4, 1, "undo")
    api.decisions[0]["undone_by"] = 4
    api.decisions.append(undo | {
        "before": {"status": "accepted"}, "after": {"status": "pending"}, "undoes_id": 1,
    })  # fmt: skip


@route("GET /v1/history")
def history(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    singles = [{"decision": event, "batch": None} for event in _events(api, query)]
    bulk = [
        {"decision": None, "batch": batch}
        for batch in api.batches[::-1]
        if query.get("kind", batch["kind"]) == batch["kind"]
    ]
    items = [
        *(bulk if query.get("only") != "single" else []),
        *(singles if query.get("only") != "bulk" else []),
    ]
    first, limit = int(query.get("after", 0)), int(query["limit"])
    following = str(first + limit) if first + limit < len(items) else None
    return 200, {"items": items[first : first + limit], "next": following, "total": None}


@route("GET /v1/history/people")
def people(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, ["ada", "bob"]


@route("GET /v1/decisions")
def decisions(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"items": _events(api, query), "next": None, "total": None}


def _events(api: "FakeApi", query: Any) -> list[dict[str, Any]]:
    return [
        event
        for event in api.decisions[::-1]
        if str(event["seed_id"]) == query.get("seed_id", str(event["seed_id"]))
        and query.get("kind", event["kind"]) == event["kind"]
    ]


@route("POST /v1/decisions:redo")
def redo(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if "decision_id" not in body:
        return redo_last(api)
    undo = next(e for e in api.decisions if e["id"] == body["decision_id"])
    undo["undone_by"] = len(api.decisions) + 1
    first = next(e for e in api.decisions if e["id"] == undo["undoes_id"])
    event = fake.decision(undo["undone_by"], undo["seed_id"], first["kind"])
    event |= {"before": undo["after"], "after": undo["before"], "undoes_id": undo["id"]}
    api.decisions.append(event)
    return 200, {"decision": event, "seed": row(api.seeds[undo["seed_id"]])}


def _meant(api: "FakeApi", body: Any) -> list[dict[str, Any]]:
    if "seed_ids" in body:
        return [api.seeds[number] for number in body["seed_ids"]]
    given = {k: str(v).lower() if v is True else v for k, v in body.get("filter", {}).items()}
    return api.matching(given)


@route("POST /v1/decisions:bulk")
def decide_in_bulk(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = _meant(api, body)
    stopped = [s for s in seeds if body["kind"] == "accept" and s["open_hits"]]
    chosen = [s for s in seeds if s not in stopped]
    result = _result(body, len(chosen), len(stopped))
    if body.get("dry_run"):
        return 200, result
    for seed in chosen:
        seed["status"] = FINAL.get(body["kind"], seed["status"])
    batch = _add_batch(api, body, body["kind"], count=len(chosen), left_out=len(stopped))
    if len(chosen) >= JOB_FROM:
        batch["job"] = job_row("done", len(seeds), len(seeds))
        result |= {"job_id": 7, "count": len(seeds), "left_out": 0}
    return (202 if result["job_id"] else 200), result


@route("POST /v1/seeds:edit")
def edit_many(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = _meant(api, body)
    if body.get("dry_run"):
        return 200, _result(body, len(seeds), 0)
    changes = {k: body[k] for k in ("add_tags", "remove_tags", "domain") if k in body}
    for seed in seeds:
        kept = set(seed["tags"]) - set(changes.get("remove_tags", []))
        seed["tags"] = sorted(kept | set(changes.get("add_tags", [])))
        seed["domain"] = changes.get("domain", seed["domain"])
    _add_batch(api, body, "edit", count=len(seeds), changes=changes)
    return 200, _result(body, len(seeds), 0)


def _result(body: Any, count: int, left_out: int) -> dict[str, Any]:
    return {"count": count, "left_out": left_out, "batch": body["token"], "job_id": None}


def _add_batch(api: "FakeApi", body: Any, kind: str, **fields: Any) -> dict[str, Any]:
    batch = batch_row(
        len(api.batches) + 1, body["token"], kind, reason=body["reason"],
        filter=body.get("filter"), **fields,
    )  # fmt: skip
    api.batches.append(batch)
    return batch


@route("GET /v1/batches/([^/]+)")
def read_batch(api: "FakeApi", query: Any, body: Any, token: str) -> tuple[int, Any]:
    return 200, next(batch for batch in api.batches if batch["batch"] == token)


@route("POST /v1/decisions:undo-batch")
def undo_batch(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.resolved_groups.clear()
    count = 2
    for target in [batch for batch in api.batches if batch["batch"] == body["batch"]]:
        count = target["count"] - target["undone_count"]
        target |= {"undone_count": target["count"], "undone_by": body["token"]}
        kind = "reject" if target["kind"] == "undo" else "undo"
        api.batches.append(
            batch_row(
                len(api.batches) + 1, body["token"], kind, count=count, undoes=target["batch"]
            )
        )
    return 200, {"count": count, "left_out": 0, "batch": body["token"], "job_id": None}

"""A small HTTP server that answers as the API does, from memory; it can be told to fail."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.dashboard import fake_rows as fake

FINAL = {"accept": "accepted", "reject": "rejected", "needs_rewrite": "needs_rewrite"}


class FakeApi:
    """State, routes, and what was asked: `requests` holds (method, path, query, body)."""

    def __init__(self, seeds: int = 60, role: str = "curator") -> None:
        self.seeds = {n: fake.seed_detail(n) for n in range(1, seeds + 1)}
        self.user = {"id": 1, "name": "ada", "role": role}
        self.endpoints = [fake.endpoint(1, "Reference", "reference"), fake.endpoint(2, "SmolLM2 135M", "weak"), fake.endpoint(3, "Judge", "judge")] if seeds else []  # fmt: skip
        self.runs = [fake.run(2), fake.run(1, "finished")] if seeds else []
        self.benchmarks = [fake.benchmark()] if seeds else []
        self.imports = [fake.seed_import(1)] if seeds else []
        self.exports = [fake.export(1)] if seeds else []
        self.decisions: list[dict[str, Any]] = []
        self.undone: list[int] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.links = {"good-link"}
        self.failing: dict[str, tuple[int, dict[str, Any]]] = {}
        self.delay = 0.0
        self.lock = threading.Lock()

    def fail(self, path: str, status: int, **problem: Any) -> None:
        """Answer this path with a problem from now on."""
        self.failing[path] = (status, problem)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Status and JSON (or bytes) of one request."""
        time.sleep(self.delay)
        with self.lock:
            self.requests.append((method, path, query, body))
            if path in self.failing:
                return self.failing[path]
            for pattern, handler in ROUTES:
                if found := re.fullmatch(pattern, f"{method} {path}"):
                    return handler(self, query, body, *found.groups())
        return 404, {"status": 404, "code": "not_found", "detail": f"no route {method} {path}"}

    def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The seeds under a filter."""
        kept = list(self.seeds.values())
        for field in ("status", "verdict", "domain", "source"):
            if field in query:
                kept = [s for s in kept if s[field] == query[field]]
        if query.get("flagged") == "true":
            kept = [s for s in kept if s["flagged"]]
        if query.get("has_hits") == "true":
            kept = [s for s in kept if s["open_hits"]]
        return [s for s in kept if query.get("q", "").lower() in s["prompt"].lower()]


Handler = Callable[..., tuple[int, Any]]
ROUTES: list[tuple[str, Handler]] = []


def route(pattern: str) -> Callable[[Handler], Handler]:
    """Answer "METHOD /path" by this function."""

    def add(handler: Handler) -> Handler:
        ROUTES.append((pattern, handler))
        return handler

    return add


def page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None, "total": len(items)}


def row(seed: dict[str, Any]) -> dict[str, Any]:
    left_out = ("metadata", "revisions", "evidence", "history")
    return {k: v for k, v in seed.items() if k not in left_out} | {"prompt": seed["prompt"][:300]}


def counts(seeds: list[dict[str, Any]], field: str) -> dict[str, int]:
    return dict(Counter(str(s[field]) for s in seeds if s[field]))


@route("POST /v1/sign-in")
def sign_in(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
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
def sign_out(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 204, None


@route("GET /v1/me")
def me(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.user


@route("GET /v1/overview")
def overview(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    seeds = list(api.seeds.values())
    scored = [s for s in seeds if s["verdict"]]
    decided = [s for s in seeds if s["status"] != "pending"]
    accepted = [s for s in seeds if s["status"] == "accepted"]
    stages = {"ingested": seeds, "decontaminated": seeds, "scored": scored, "triaged": decided, "accepted": accepted, "exported": []}  # fmt: skip
    points = [
        {"seed_id": s["id"], "agreement": s["agreement"], "reliability": s["reliability"], "score": s["score"], "verdict": s["verdict"], "domain": s["domain"]}
        for s in scored
    ]  # fmt: skip
    spend = [
        {"endpoint": e["name"], "role": e["role"], "calls": 200, "prompt_tokens": 9000, "completion_tokens": 21000, "cost": 0.0}
        for e in api.endpoints
    ]  # fmt: skip
    sources = [
        {"source": name, "seeds": count, "accepted": 0, "rejected": 0, "open_hits": 3, "suspect": 5}
        for name, count in counts(seeds, "source").items()
    ]
    return 200, {
        "funnel": [{"stage": name, "count": len(kept)} for name, kept in stages.items()],
        "verdicts": counts(seeds, "verdict"), "points": points,
        "spend": {"calls": 200 * len(spend), "tokens": 30000 * len(spend), "cost": 0.0, "by_endpoint": spend},
        "sources": sources,
    }  # fmt: skip


@route("GET /v1/seeds/facets")
def facets(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    seeds = api.matching(query)
    fields = {f: counts(seeds, f) for f in ("status", "verdict", "domain", "source")}
    return 200, {"total": len(seeds), **fields}


@route("GET /v1/seeds")
def list_seeds(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    found = api.matching(query)
    first, limit = int(query.get("after", 0)), int(query.get("limit", 50))
    following = str(first + limit) if first + limit < len(found) else None
    items = [row(s) for s in found[first : first + limit]]
    return 200, {"items": items, "next": following, "total": len(found)}


@route(r"GET /v1/seeds/(\d+)")
def get_seed(api: FakeApi, query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    seed = api.seeds.get(int(seed_id))
    if seed is None:
        return 404, {"status": 404, "code": "not_found", "detail": f"there is no seed {seed_id}"}
    return 200, seed


@route(r"PATCH /v1/seeds/(\d+)")
def edit_seed(api: FakeApi, query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    seed = api.seeds[int(seed_id)]
    if body.get("prompt") == "":
        errors = [{"field": "prompt", "code": "empty", "message": "must not be empty"}]
        return 422, {"status": 422, "code": "invalid", "detail": "invalid", "errors": errors}
    seed.update(body)
    revision = {**seed["revisions"][0], "number": len(seed["revisions"]) + 1, "id": 5000 + len(seed["revisions"]), "prompt": seed["prompt"], "origin": "edit"}  # fmt: skip
    seed["revisions"].append(revision)
    return 200, seed


@route("POST /v1/seeds:bulk")
def push(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
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
def queue(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    found = api.matching(query)
    return 200, {"items": found[: int(query["limit"])], "left": len(found), "lease_seconds": 300}


@route("POST /v1/queue:(heartbeat|release)")
def leases(api: FakeApi, query: Any, body: Any, action: str) -> tuple[int, Any]:
    return (200, {"held": body["seed_ids"], "lost": []}) if action == "heartbeat" else (204, None)


@route("POST /v1/decisions")
def decide(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"results": [_decide(api, decision) for decision in body["decisions"]]}


def _decide(api: FakeApi, decision: dict[str, Any]) -> dict[str, Any]:
    token, seed = decision["token"], api.seeds[decision["seed_id"]]
    if token in api.answers:
        return {**api.answers[token], "status": "repeated"}
    if decision["kind"] == "accept" and seed["open_hits"]:
        error = {"code": "open_hits", "message": "it has open hits"}
        return {
            "token": token,
            "status": "rejected",
            "decision_id": None,
            "seed": None,
            "error": error,
        }
    number = len(api.decisions) + 1
    api.decisions.append({**decision, "id": number, "before": seed["status"]})
    seed["status"] = FINAL.get(decision["kind"], seed["status"])
    seed["flagged"] = {"flag": True, "unflag": False}.get(decision["kind"], seed["flagged"])
    if decision["kind"] in ("confirm_hit", "dismiss_hit"):
        seed["open_hits"] = 0
        seed["evidence"]["hits"][0]["state"] = (
            "confirmed" if decision["kind"] == "confirm_hit" else "dismissed"
        )
    api.answers[token] = {"token": token, "status": "stored", "decision_id": number, "seed": row(seed), "error": None}  # fmt: skip
    return api.answers[token]


@route("POST /v1/decisions:undo")
def undo(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    if body["token"] in api.answers:
        return 200, api.answers[body["token"]]
    standing = [d for d in api.decisions if d["id"] not in api.undone]
    chosen = [d for d in standing if d["id"] == body.get("decision_id", d["id"])]
    if not chosen:
        return 404, {"status": 404, "code": "not_found", "detail": "there is nothing to undo"}
    api.undone.append(chosen[-1]["id"])
    seed = api.seeds[chosen[-1]["seed_id"]]
    seed["status"] = chosen[-1]["before"]
    api.answers[body["token"]] = {"decision": chosen[-1], "seed": row(seed)}
    return 200, api.answers[body["token"]]


@route("GET /v1/(endpoints|runs|benchmarks|imports|exports|policies|hits)")
def listing(api: FakeApi, query: Any, body: Any, noun: str) -> tuple[int, Any]:
    return 200, page(getattr(api, noun, []))


@route("POST /v1/endpoints")
def add_endpoint(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    api.endpoints.append(
        {**fake.endpoint(len(api.endpoints) + 1, body["name"], body["role"]), **body}
    )
    return 201, api.endpoints[-1]


@route(r"POST /v1/endpoints/(\d+):test")
def test_endpoint(api: FakeApi, query: Any, body: Any, endpoint_id: str) -> tuple[int, Any]:
    return 200, {
        "ok": True, "latency_ms": 812, "response": "2 + 2 = **4**", "reasoning": None, "finish_reason": "stop",
        "prompt_tokens": 14, "completion_tokens": 9, "error": None,
    }  # fmt: skip


@route(r"DELETE /v1/endpoints/(\d+)")
def archive_endpoint(api: FakeApi, query: Any, body: Any, endpoint_id: str) -> tuple[int, Any]:
    api.endpoints = [e for e in api.endpoints if e["id"] != int(endpoint_id)]
    return 204, None


@route("POST /v1/runs:forecast")
def forecast(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 200, {
        "seeds": 60,
        "calls": 1020,
        "already_stored": 84,
        "estimated_tokens": 210000,
        "estimated_cost": 0.0,
    }


@route("POST /v1/runs")
def start_run(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    api.runs.insert(0, fake.run(len(api.runs) + 1))
    return 201, api.runs[0]


@route(r"GET /v1/runs/(\d+)")
def get_run(api: FakeApi, query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    found = [r for r in api.runs if r["id"] == int(run_id)]
    return (
        (200, found[0])
        if found
        else (404, {"code": "not_found", "detail": f"there is no run {run_id}"})
    )


@route(r"POST /v1/runs/(\d+):(pause|resume|cancel)")
def change_run(api: FakeApi, query: Any, body: Any, run_id: str, action: str) -> tuple[int, Any]:
    run = next(r for r in api.runs if r["id"] == int(run_id))
    run["state"] = {"pause": "paused", "resume": "running", "cancel": "cancelled"}[action]
    return 200, run


@route("POST /v1/benchmarks")
def load_benchmark(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    rejected = [{"row": 3, "field": "question", "code": "missing", "message": "is empty"}]
    return 201, {
        "benchmarks": [fake.benchmark()],
        "rejected": rejected,
        "rejected_count": 1,
        "job_id": 5,
    }


@route("POST /v1/decontamination:check")
def check(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 202, job(api, query, body, "5")[1]


@route(r"GET /v1/jobs/(\d+)")
def job(api: FakeApi, query: Any, body: Any, job_id: str) -> tuple[int, Any]:
    return 200, {
        "id": int(job_id), "kind": "seed.decontaminate", "state": "done", "done_count": 60, "total_count": 60,
        "error": None, "created_at": fake.NOW, "finished_at": fake.NOW,
    }  # fmt: skip


@route(r"POST /v1/imports/(\d+):undo")
def undo_import(api: FakeApi, query: Any, body: Any, import_id: str) -> tuple[int, Any]:
    api.imports[0]["undone_at"] = fake.NOW
    return 200, api.imports[0]


@route("POST /v1/exports:preview")
def preview_export(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    return 200, {"rows": 21 if api.seeds else 0, "with_standing_hits": 2, "never_checked": 0}


@route("POST /v1/exports")
def start_export(api: FakeApi, query: Any, body: Any) -> tuple[int, Any]:
    api.exports.insert(0, {**fake.export(len(api.exports) + 1, "pending"), "name": body["name"]})
    return 202, api.exports[0]


@route(r"GET /v1/exports/(\d+)")
def get_export(api: FakeApi, query: Any, body: Any, export_id: str) -> tuple[int, Any]:
    return 200, next(e for e in api.exports if e["id"] == int(export_id))


@route(r"GET /v1/exports/(\d+)/files/([\w.]+)")
def export_file(api: FakeApi, query: Any, body: Any, export_id: str, name: str) -> tuple[int, Any]:
    return 200, b'{"messages": []}\n'


class FakeServer:
    """Serves a FakeApi on a free port of the loopback."""

    def __init__(self, api: FakeApi) -> None:
        self.handler = type("Handler", (_Handler,), {"api": api})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def use(self, api: FakeApi) -> None:
        """Answer by another API from now on."""
        self.handler.api = api

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    api: FakeApi

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        raw = self._body()
        is_json = self.headers.get("Content-Type", "").startswith("application/json")
        body = json.loads(raw) if is_json and raw else raw
        status, answer = self.api.answer(
            self.command, parts.path, dict(parse_qsl(parts.query)), body
        )
        content = (
            answer
            if isinstance(answer, bytes)
            else b""
            if answer is None
            else json.dumps(answer).encode()
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while size := int(self.rfile.readline(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    do_GET = do_POST = do_PATCH = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    import sys

    fake_server = FakeServer(FakeApi(seeds=int(sys.argv[1]) if len(sys.argv) > 1 else 60))
    sys.stdout.write(f"{fake_server.url}\n")
    sys.stdout.flush()
    while True:
        time.sleep(1)

"""A small HTTP server that answers as the API does, from memory; it can be told to fail."""

import copy
import json
import re
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from backend.accounts.setting_schemas import UserSettings
from tests.dashboard import fake_guideline_routes as guidelines
from tests.dashboard import fake_hit_rows as hits
from tests.dashboard import fake_judge_routes as judging
from tests.dashboard import fake_mixture_routes as mixing
from tests.dashboard import fake_overview_routes
from tests.dashboard import fake_policy_rows as policies
from tests.dashboard import fake_queue_routes as queueing
from tests.dashboard import fake_rows as fake
from tests.dashboard import fake_training_rows as training
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_routes import ROUTES

for routes in sorted(Path(__file__).parent.glob("fake_*_routes.py")):
    import_module(f"tests.dashboard.{routes.stem}")


class FakeApi:
    """State, routes, and what was asked: `requests` holds (method, path, query, body)."""

    down_already = 0
    down_children = 0

    def __init__(self, seeds: int = 60, role: str = "curator") -> None:
        self.seeds = {n: fake.seed_detail(n) for n in range(1, seeds + 1)}
        hits.vary(self.seeds)
        self.user = {
            "id": 1,
            "name": "ada",
            "role": role,
            "created_at": fake.NOW,
            "disabled_at": None,
            "oidc_issuer": None,
        }
        self._fill(seeds)
        self.traces: list[dict[str, Any]] = []
        self.guidelines = {1: guidelines.guideline(1)} if seeds else {}
        self.policies = [policies.policy(1)]
        self.hit_policies = [hits.policy(1)]
        self.rule_reports = hits.rule_reports() if seeds else []
        self.rewrites: dict[int, dict[str, Any]] = {}
        self.candidates: list[tuple[str, str]] = []
        self.refusal: str | None = None
        self.checking: dict[str, Any] | None = None
        self.calibration = policies.calibration()
        self.mixtures, self.versions, self.tiers = mixing.stored(seeds)
        self.tokenizers: list[dict[str, Any]] = []
        self.takedowns: list[dict[str, Any]] = []
        self.training = training.Training(is_empty=not seeds)
        self.raters = list(judging.RATERS) if seeds else []
        self.ratings: dict[int, list[dict[str, Any]]] = {}
        self.decisions: list[dict[str, Any]] = []
        self.views: dict[int, dict[str, Any]] = {}
        self.undone: list[int] = []
        self.batches: list[dict[str, Any]] = []
        self.undos: dict[int, tuple[int, bool]] = {}
        self.settings: dict[str, Any] = UserSettings().model_dump()
        self.taken_by_others: dict[int, str] = {}
        self.resolved_groups: set[str] = set()
        self.queues = queueing.queues() if seeds else []
        self.disputes = queueing.disputes() if seeds else {}
        self.leaderboard = {"enabled": True, "hidden": False}
        self.answers: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.answered: list[tuple[str, str, Any]] = []
        self.links = {"good-link"}
        self.secret = "s3cret"
        self.overview = fake_overview_routes.Changes()
        self.failing: dict[str, tuple[int, dict[str, Any]]] = {}
        self.delay = 0.0
        self.lock = threading.Lock()

    def _fill(self, seeds: int) -> None:
        """What work has left, where there are seeds."""
        self.endpoints = []
        if seeds:
            roles = (("Reference", "reference"), ("SmolLM2 135M", "weak"), ("Judge", "judge"))
            self.endpoints = [work.endpoint(n, *role) for n, role in enumerate(roles, start=1)]
        self.runs = [work.run(2), work.run(1, "finished")] if seeds else []
        self.benchmarks = [work.benchmark()] if seeds else []
        self.imports = [work.seed_import(1)] if seeds else []
        self.exports = [work.export(1)] if seeds else []

    def fail(self, path: str, status: int, **problem: Any) -> None:
        """Answer this path with a problem from now on."""
        self.failing[path] = (status, problem)

    def answer(self, method: str, path: str, query: dict[str, Any], body: Any) -> tuple[int, Any]:
        """Status and JSON (or bytes) of one request."""
        time.sleep(self.delay)
        with self.lock:
            self.requests.append((method, path, query, body))
            if path in self.failing:
                return self.failing[path]
            for pattern, handler in ROUTES:
                if found := re.fullmatch(pattern, f"{method} {path}"):
                    status, answer = handler(self, query, body, *found.groups())
                    if status < 300:
                        self.answered.append((method, path, copy.deepcopy(answer)))
                    return status, answer
        return 404, {"status": 404, "code": "not_found", "detail": f"no route {method} {path}"}

    def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The seeds under a filter."""
        kept = list(self.seeds.values())
        for field in ("status", "verdict", "domain", "source"):
            if field in query:
                kept = [s for s in kept if s[field] == query[field]]
        for field in ("agreement", "reliability"):
            if f"min_{field}" in query:
                least, most = float(query[f"min_{field}"]), float(query[f"max_{field}"])
                kept = [s for s in kept if s[field] is not None and least <= s[field] <= most]
        if "seed_id" in query:
            kept = [s for s in kept if s["id"] == int(query["seed_id"])]
        if query.get("flagged") == "true":
            kept = [s for s in kept if s["flagged"]]
        if query.get("has_hits") == "true":
            kept = [s for s in kept if s["open_hits"]]
        if "max_margin" in query:
            most = float(query["max_margin"])
            kept = [s for s in kept if s["margin"] is not None and s["margin"] <= most]
        return [s for s in kept if query.get("q", "").lower() in s["prompt"].lower()]


class FakeServer:
    """Serves a FakeApi on a free port of the loopback."""

    def __init__(self, api: FakeApi) -> None:
        self.handler = type("Handler", (_Handler,), {"api": api})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # It looks this often whether it is to stop, which each test waits for.
        serve = partial(self.server.serve_forever, poll_interval=0.01)
        self.thread = threading.Thread(target=serve, daemon=True)
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
        if self._is_known() or parts.path == "/v1/sign-in":
            query: dict[str, Any] = dict(parse_qsl(parts.query))
            if "shown" in query:  # may be given more than once
                query["shown"] = [
                    value for name, value in parse_qsl(parts.query) if name == "shown"
                ]
            status, answer = self.api.answer(self.command, parts.path, query, body)
        else:
            status, answer = 401, {"code": "unauthenticated", "detail": "send a key"}
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

    def _is_known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.api.secret}"

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while size := int(self.rfile.readline(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    fake_server = FakeServer(FakeApi(seeds=int(sys.argv[1]) if len(sys.argv) > 1 else 60))
    sys.stdout.write(f"{fake_server.url}\n")
    sys.stdout.flush()
    while True:
        time.sleep(1)

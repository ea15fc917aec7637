"""What the fake API says of where the data stands."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import counts, route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

COUNTED = {"as_of": fake.NOW, "kept_seconds": 0.0, "renewing": False}
DAYS = ("2026-11-21", "2026-11-22", "2026-11-23")


class Changes(dict[str, dict[str, Any]]):
    """What a test wants said otherwise, by part: `overview`, `map`, `spend`, `queue`."""

    def on(self, part: str, answer: dict[str, Any]) -> dict[str, Any]:
        return COUNTED | answer | self.get(part, {})


def share(count: int, of: int) -> dict[str, Any]:
    if not of:
        return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    rate = count / of
    low, high = max(0.0, rate - 0.1), min(1.0, rate + 0.1)
    return {"count": count, "of": of, "share": rate, "low": low, "high": high}


def _loss(reason: str, kind: str, count: int) -> list[dict[str, Any]]:
    return [{"reason": reason, "kind": kind, "count": count}] if count else []


def _funnel(seeds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_status = Counter(s["status"] for s in seeds)
    pending = [s for s in seeds if s["status"] == "pending"]
    hits = [s for s in pending if s["open_hits"]]
    unscored = [s for s in pending if not s["open_hits"] and not s["verdict"]]
    decided = len(seeds) - len(pending)
    steps = [
        ("received", 3 if seeds else 0, []),
        ("ingested", 0, _loss("same prompt as another seed", "lost", 3 if seeds else 0)),
        ("decontaminated", 0, _loss("hits to confirm or dismiss", "waiting", len(hits))),
        ("scored", 0, _loss("not scored yet", "waiting", len(unscored))),
        ("triaged", 0, _loss("ready to be decided", "waiting",
                             len(pending) - len(hits) - len(unscored))),
        ("accepted", 0, _loss("too easy", "lost", decided - by_status["accepted"])),
    ]  # fmt: skip
    count, stages = len(seeds), []
    for stage, more, losses in steps:
        count += more - sum(loss["count"] for loss in losses)
        stages.append({"stage": stage, "count": count, "skipped": 0, "losses": losses})
    rest = _loss("not in the largest export", "waiting", count)
    return [*stages, {"stage": "exported", "count": 0, "skipped": 0, "losses": rest}]


def _source(name: str, seeds: list[dict[str, Any]]) -> dict[str, Any]:
    own = [s for s in seeds if s["source"] == name]
    accepted = sum(s["status"] == "accepted" for s in own)
    decided = accepted + sum(s["status"] == "rejected" for s in own)
    scored = [s for s in own if s["verdict"]]
    return {
        "source": name,
        "seeds": len(own),
        "accepted": share(accepted, decided),
        "contaminated": share(sum(bool(s["open_hits"]) for s in own), len(own)),
        "suspect": share(sum(s["verdict"] == "suspect" for s in scored), len(scored)),
        "copies": share(1, len(own)),
        "cost": 1.5,
        "cost_per_accepted": 1.5 / accepted if accepted else None,
    }


@route("GET /v1/overview")
def overview(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = list(api.seeds.values())
    accepted = sum(s["status"] == "accepted" for s in seeds)
    return 200, api.overview.on("overview", {
        "funnel": _funnel(seeds),
        "verdicts": counts(seeds, "verdict"),
        "sources": [_source(name, seeds) for name in counts(seeds, "source")],
        "accepted_by_day": [{"day": DAYS[1], "count": accepted}] if accepted else [],
    })  # fmt: skip


@route("GET /v1/overview/map")
def the_map(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    scored = [s for s in api.seeds.values() if s["verdict"]]
    cells: dict[tuple[float, float], Counter[str]] = {}
    for seed in scored:
        corner = tuple(min(int(seed[f] * 20), 19) / 20 for f in ("agreement", "reliability"))
        cells.setdefault(corner, Counter())[seed["verdict"]] += 1
    fields = ("agreement", "reliability", "score", "verdict", "domain")
    return 200, api.overview.on("map", {
        "scored": len(scored), "unplaced": 0, "cell": 0.05, "low": 0.1, "high": 0.8,
        "cells": [{"agreement": x, "reliability": y, "verdicts": dict(found)}
                  for (x, y), found in cells.items()],
        "points": [{"seed_id": s["id"]} | {f: s[f] for f in fields} for s in scored],
    })  # fmt: skip


@route("GET /v1/overview/difficulty")
def difficulty(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    scored = [s for s in api.seeds.values() if s["verdict"]]
    domains = []
    for name, count in counts(scored, "domain").items():
        own = [s for s in scored if s["domain"] == name]
        steps, tenths = [0] * 16, [0] * 10
        for seed in own:
            steps[seed["steps"]] += 1
            tenths[min(int(seed["agreement"] * 10), 9)] += 1
        domains.append({
            "domain": name, "folded": 1, "seeds": count, "steps": steps,
            "steps_quartiles": [4, 4, 4], "agreement": tenths,
            "agreement_mean": sum(s["agreement"] for s in own) / count,
        })  # fmt: skip
    return 200, api.overview.on("difficulty", {"domains": domains})


@route("GET /v1/overview/spend")
def spend(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    used = [{
        "endpoint": e["name"], "role": e["role"], "calls": 200, "prompt_tokens": 9000,
        "completion_tokens": 21_000, "reasoning_tokens": 0, "cost": 0.0,
    } for e in api.endpoints]  # fmt: skip
    days = [
        {"day": day, "endpoint": e["name"], "role": e["role"], "calls": 100, "tokens": 15_000,
         "cost": 0.0}
        for day in (DAYS[0], DAYS[2]) for e in api.endpoints
    ]  # fmt: skip
    return 200, api.overview.on("spend", {
        "calls": 200 * len(used), "tokens": 30_000 * len(used), "cost": 0.0,
        "by_endpoint": used, "days": days, "accepted_by_day": [],
    })  # fmt: skip


@route("GET /v1/overview/queue")
def queue_health(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = list(api.seeds.values())
    pending = sum(s["status"] == "pending" for s in seeds)
    work = {"arrived": 20, "accept": 5, "reject": 3, "needs_rewrite": 1, "in_bulk": 0}
    reason = "nobody has decided by hand in these days"
    return 200, api.overview.on("queue", {
        "pending": pending,
        "oldest_pending_at": fake.NOW if pending else None,
        "by_age": [
            {"from_days": 0, "to_days": 1, "count": pending},
            {"from_days": 1, "to_days": None, "count": 0},
        ],
        "days": [{"day": day} | work for day in DAYS] if seeds else [],
        "pace": {"days": 7.0, "decided": 0.0, "arrived": 8.6, "days_to_empty": None,
                 "reason": reason},
        "needs_rewrite": sum(s["status"] == "needs_rewrite" for s in seeds),
        "duplicate_groups": 2 if seeds else 0,
        "leases": [{"user": "ada", "seeds": 20}] if seeds else [],
        "hits": sum(s["open_hits"] for s in seeds),
        "seeds_with_hits": sum(bool(s["open_hits"]) for s in seeds),
        "failed": 1 if seeds else 0,
        "failed_jobs": [{"id": 3, "kind": "export.write", "error": "disk full",
                         "finished_at": fake.NOW}] if seeds else [],
    })  # fmt: skip

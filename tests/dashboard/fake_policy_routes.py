"""What the fake API answers on policies and calibration."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_policy_rows as policies
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import counts, route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


def _job(job_id: int, kind: str) -> dict[str, Any]:
    return {
        "id": job_id, "kind": kind, "state": "queued", "done_count": 0, "total_count": 60,
        "error": None, "created_at": fake.NOW, "finished_at": None,
    }  # fmt: skip


@route("GET /v1/policies")
def list_policies(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, api.policies[::-1]


@route("GET /v1/policies/presets")
def presets(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, policies.PRESETS


@route("POST /v1/policies:preview")
def preview(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    """The lower the band's upper edge, the more teachable seeds would be easy."""
    settings = policies.SETTINGS | body["settings"]
    if settings["high"] <= settings["low"]:
        errors = [{"field": "settings.high", "code": "invalid", "message": "must be above low"}]
        return 422, {"status": 422, "code": "invalid", "detail": "invalid", "errors": errors}
    found = counts(list(api.seeds.values()), "verdict")
    standing = {verdict: found.get(verdict, 0) for verdict in fake.VERDICTS}
    moved = round(standing["teachable"] * max(0.0, 0.8 - settings["high"]))
    return 200, policies.preview(standing, moved)


@route("POST /v1/policies")
def save_policy(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    version = 1 + sum(policy["name"] == body["name"] for policy in api.policies)
    number = len(api.policies) + 1
    api.policies.append(policies.policy(number, body["name"], version, **body["settings"]))
    return 201, api.policies[-1]


@route(r"POST /v1/policies/(\d+):apply")
def apply_policy(api: "FakeApi", query: Any, body: Any, policy_id: str) -> tuple[int, Any]:
    return 202, _job(7, "policy.apply")


@route(r"GET /v1/runs/(\d+)/calibration")
def calibration(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    return 200, api.calibration


@route(r"POST /v1/runs/(\d+):recalibrate")
def recalibrate(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    return 202, _job(8, "run.recalibrate")

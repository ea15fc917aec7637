"""Policies over HTTP: versions, defaults, and settings refused by name."""

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs.tables import Job
from tests.conftest import ClientFactory


def test_default_policy_is_there_without_being_made(client: TestClient) -> None:
    first, second = client.get("/v1/policies").json(), client.get("/v1/policies").json()
    assert first == second
    assert [(p["name"], p["version"]) for p in first] == [("default", 1)]
    assert first[0]["settings"]["threshold"] == 0.9


def test_new_version_is_numbered_and_filled_with_defaults(client: TestClient) -> None:
    body = {"name": "strict", "settings": {"low": 0.2, "weak_prior": [1, 1]}}
    versions = [client.post("/v1/policies", json=body).json() for _ in range(2)]
    assert [policy["version"] for policy in versions] == [1, 2]
    settings = versions[0]["settings"]
    assert (settings["low"], settings["high"], settings["weak_prior"]) == (0.2, 0.8, [1.0, 1.0])
    assert client.get(f"/v1/policies/{versions[1]['id']}").json() == versions[1]


def test_bad_settings_are_refused_by_name(client: TestClient) -> None:
    for settings, field in (
        ({"low": 0.9}, "settings.high"),
        ({"threshold": "much"}, "settings.threshold"),
        ({"lo": 0.1}, "settings.lo"),
    ):
        answer = client.post("/v1/policies", json={"name": "p", "settings": settings})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


def test_applying_a_policy_is_a_job(client: TestClient, session: Session) -> None:
    policy = client.post("/v1/policies", json={"name": "p"}).json()
    answer = client.post(f"/v1/policies/{policy['id']}:apply")
    assert answer.status_code == 202
    job = session.get_one(Job, answer.json()["id"])
    assert (job.kind, job.payload) == ("policy.apply", {"policy_id": policy["id"]})
    assert client.post("/v1/policies/999:apply").status_code == 404
    assert session.scalars(select(Job)).all() == [job]


def test_viewer_may_read_policies_but_not_make_them(client_as: ClientFactory) -> None:
    viewer = client_as("viewer")
    assert viewer.get("/v1/policies").status_code == 200
    assert viewer.post("/v1/policies", json={"name": "p"}).status_code == 403

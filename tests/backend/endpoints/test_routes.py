"""Endpoints over HTTP: registering, changing, archiving, trying out."""

import json
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend import queue
from backend.endpoints import trial
from backend.jobs import service as jobs
from backend.scoring.samples import NewSample, store_samples
from backend.scoring.tables import EndpointSpend
from tests.builders import create_endpoint, create_seed
from tests.conftest import ClientFactory
from tests.workers.fake_openai import FakeOpenAI, answer, refuse
from workers.tasks.endpoints import try_out

NEW = {"name": "small", "base_url": "http://127.0.0.1:8302/v1", "model": "smollm2", "role": "weak"}


def _created(client: TestClient, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/endpoints", json=NEW | fields)
    assert response.status_code == 201, response.text
    return response.json()


def test_created_endpoint_has_defaults_and_is_listed(client: TestClient) -> None:
    created = _created(client)
    assert created["sampling"] == {
        "temperature": 0.8, "top_p": None, "max_tokens": 1024, "reasoning_effort": None,
        "template": "step_by_step",
    }  # fmt: skip
    assert (created["max_in_flight"], created["input_price"]) == (64, 0.0)
    assert (created["has_samples"], created["archived_at"]) == (False, None)
    assert client.get("/v1/endpoints").json() == {"items": [created], "next": None, "total": 1}
    assert client.get(f"/v1/endpoints/{created['id']}").json() == created


def test_every_setting_is_stored(client: TestClient) -> None:
    settings = {
        "base_url": "https://api.example.test/v1", "key_variable": "EXAMPLE_KEY",
        "sampling": {
            "temperature": None, "top_p": 0.9, "max_tokens": 32, "reasoning_effort": "high",
            "template": "answer_only",
        },
        "input_price": 0.15, "output_price": 0.6, "max_in_flight": 8, "requests_per_minute": 500,
        "tokens_per_minute": 200_000, "max_calls_per_day": 10_000, "max_cost_per_day": 2.5,
        "timeout_seconds": 30.5, "samples_per_request": 8,
    }  # fmt: skip
    created = _created(client, **settings)
    assert {name: created[name] for name in settings} == settings


BAD = {
    "base_url": [
        "127.0.0.1:8302", "ftp://host/v1", "http://", "http://me:secret@host/v1", "http://key@host",
        "http://host/v1?key=x", "http://host:99999/v1", "http://ho st/v1", "http://[::1", "",
        "javascript:alert(1)", "http://höst/v1",
    ],
    "name": ["", " x", "a\nb", "x" * 101, None, "nul\0"],
    "model": ["", "a\0b", None],
    "role": ["critic", None],
    "key_variable": ["sk-abc123", "MY KEY", "1ST", ""],
    "input_price": [-1, "free", 1e9],
    "output_price": [-0.01],
    "max_in_flight": [0, -1, 1.5, 10**12],
    "requests_per_minute": [0],
    "tokens_per_minute": [-5],
    "max_calls_per_day": [0, -1, 1.5, "many"],
    "max_cost_per_day": [0, -0.5, "free", 1e12, 0.00000001],
    "timeout_seconds": [0, -1, 1e9],
    "samples_per_request": [0, 129],
    "sampling": [
        {"temperature": -0.1}, {"temperature": 2.1}, {"top_p": 0}, {"top_p": 1.1},
        {"max_tokens": 0}, {"max_tokens": None}, {"template": "none such"},
        {"reasoning_effort": "VERY"}, {"seed": 1}, None, "hot",
    ],
    "api_key": ["sk-secret"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD.items() for value in values]
)
def test_bad_field_is_refused_by_name(client: TestClient, field: str, value: Any) -> None:
    response = client.post("/v1/endpoints", json=NEW | {field: value})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith(field)
    assert client.get("/v1/endpoints").json()["items"] == []


def test_name_is_taken_once(client: TestClient) -> None:
    _created(client)
    other = _created(client, name="other")
    response = client.post("/v1/endpoints", json=NEW)
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    response = client.patch(f"/v1/endpoints/{other['id']}", json={"name": "small"})
    assert response.status_code == 409


def test_update_changes_what_is_sent_and_nothing_else(client: TestClient) -> None:
    created = _created(client, requests_per_minute=5)
    changes = {"sampling": {"temperature": 0.0}, "max_in_flight": 4, "requests_per_minute": None}
    response = client.patch(f"/v1/endpoints/{created['id']}", json=changes)
    assert response.status_code == 200
    changed = response.json()
    assert changed["sampling"]["temperature"] == 0
    assert changed == created | {
        "sampling": changed["sampling"], "max_in_flight": 4, "requests_per_minute": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"model": "other"}, {"role": "judge"}, {"name": None}, {"input_price": None}]
)
def test_update_never_touches_what_samples_hang_on(
    client: TestClient, change: dict[str, Any]
) -> None:
    created = _created(client)
    path = f"/v1/endpoints/{created['id']}"
    assert client.patch(path, json=change).status_code == 422
    assert client.get(path).json() == created


def test_archived_endpoint_leaves_the_list_and_comes_back(client: TestClient) -> None:
    path = f"/v1/endpoints/{_created(client)['id']}"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 204
    assert client.get("/v1/endpoints").json()["items"] == []
    (archived,) = client.get("/v1/endpoints?archived=true").json()["items"]
    assert archived["archived_at"] is not None
    assert client.patch(path, json={"archived": False}).json()["archived_at"] is None
    assert len(client.get("/v1/endpoints").json()["items"]) == 1


def test_list_is_paged_and_filtered_by_role(client: TestClient, session: Session) -> None:
    ids = [create_endpoint(session, role).id for role in ("weak", "judge", "weak")]
    session.commit()
    first = client.get("/v1/endpoints?limit=2").json()
    second = client.get(f"/v1/endpoints?limit=2&after={first['next']}").json()
    assert [row["id"] for row in first["items"] + second["items"]] == ids
    assert (first["total"], second["next"]) == (3, None)
    weak = client.get("/v1/endpoints?role=weak").json()["items"]
    assert [row["id"] for row in weak] == [ids[0], ids[2]]


def test_endpoint_with_samples_says_so(client: TestClient, session: Session) -> None:
    endpoint = create_endpoint(session)
    session.add(
        EndpointSpend(
            endpoint_id=endpoint.id, calls=1, prompt_tokens=1, completion_tokens=1, cost=0
        )
    )
    session.commit()
    assert client.get(f"/v1/endpoints/{endpoint.id}").json()["has_samples"] is True


def test_endpoint_shows_what_it_has_cost_today_and_in_all(
    client: TestClient, session: Session
) -> None:
    endpoint = create_endpoint(session, max_calls_per_day=9)
    seed = create_seed(session)
    sample = NewSample(
        seed.revision_id, endpoint.id, "t", "s", 0, 64, "", None, "stop", None, None, 10, 60,
        Decimal("0.25"), 9, reasoning_tokens=40,
    )  # fmt: skip
    store_samples(session, None, [sample, sample._replace(sample_index=1)])
    session.execute(text("update endpoint_day set day = day - 1"))
    store_samples(session, None, [sample._replace(sample_index=2)])
    session.commit()
    shown = client.get(f"/v1/endpoints/{endpoint.id}").json()
    assert (shown["calls_today"], shown["cost_today"], shown["max_calls_per_day"]) == (1, 0.25, 9)
    assert (shown["calls"], shown["cost"], shown["completion_tokens"]) == (3, 0.75, 180)
    assert (shown["prompt_tokens"], shown["reasoning_tokens"]) == (30, 120)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_endpoint_is_not_found(client: TestClient, method: str) -> None:
    body = {"json": {}} if method == "PATCH" else {}
    assert client.request(method, "/v1/endpoints/999999", **body).status_code == 404
    assert client.post("/v1/endpoints/999999:test").status_code == 404


def test_viewer_reads_and_changes_nothing(client_as: ClientFactory, session: Session) -> None:
    path = f"/v1/endpoints/{create_endpoint(session).id}"
    viewer = client_as("viewer")
    assert viewer.get(path).status_code == 200
    assert viewer.post("/v1/endpoints", json=NEW).status_code == 403
    assert viewer.patch(path, json={"name": "x"}).status_code == 403
    assert viewer.delete(path).status_code == 403
    assert viewer.post(f"{path}:test").status_code == 403


@pytest.fixture
def working(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client beside a worker that runs each job as soon as it is sent."""

    def run(job_id: int, queue: str) -> None:
        job = jobs.claim(job_id, 30, "test/1")
        assert job is not None
        try:
            try_out(job)
        except Exception as error:
            jobs.finish(job, str(error))
        else:
            jobs.finish(job)

    monkeypatch.setattr(queue, "send", run)
    return client


def _trial(client: TestClient, session: Session, url: str, **fields: Any) -> dict[str, Any]:
    endpoint = create_endpoint(session, base_url=url, **fields)
    response = client.post(f"/v1/endpoints/{endpoint.id}:test", json={"prompt": "Why?"})
    assert response.status_code == 200, response.text
    return response.json()


def test_trial_shows_what_came_back(working: TestClient, session: Session) -> None:
    with FakeOpenAI(answer("Because.", reasoning="Hm.")) as server:
        result = _trial(working, session, server.base_url)
    assert result.pop("latency_ms") >= 0
    assert result == {
        "ok": True, "response": "Because.", "reasoning": "Hm.", "finish_reason": "stop",
        "prompt_tokens": 10, "completion_tokens": 2, "reasoning_tokens": 1, "error": None,
    }  # fmt: skip
    assert server.requests[0].prompt.startswith("Why?")
    assert server.requests[0].body["max_tokens"] == 64


def test_trial_shows_the_reason_of_a_failure(
    working: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-secret-key")
    with FakeOpenAI(default=refuse(401, "wrong key sk-secret-key")) as server:
        result = _trial(working, session, server.base_url, key_variable="TEST_KEY")
    assert (result["ok"], result["response"]) == (False, None)
    assert result["error"] == "http_401: wrong key [key]"


def test_trial_makes_one_call_only(working: TestClient, session: Session) -> None:
    with FakeOpenAI(default=refuse(503, "loading")) as server:
        result = _trial(working, session, server.base_url)
    assert result["error"] == "overloaded: loading"
    assert len(server.requests) == 1


def test_trial_without_a_key_names_the_variable(
    working: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY", raising=False)
    result = _trial(working, session, "http://127.0.0.1:9/v1", key_variable="TEST_KEY")
    assert result["ok"] is False
    assert "TEST_KEY" in result["error"]


def test_trial_without_a_worker_is_unavailable(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_SECONDS", 0.3)
    endpoint = create_endpoint(session)
    response = client.post(f"/v1/endpoints/{endpoint.id}:test")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


def test_trial_that_comes_too_late_is_not_paid_for(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch, woken: list[int]
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_SECONDS", 0.0)
    with FakeOpenAI() as server:
        endpoint = create_endpoint(session, base_url=server.base_url)
        client.post(f"/v1/endpoints/{endpoint.id}:test")
        job = jobs.claim(woken[-1], 30, "test/1")
        assert job is not None
        with pytest.raises(TimeoutError):
            try_out(job)
    assert server.requests == []


@pytest.mark.parametrize("prompt", ["", "nul\0", "x" * 20_001, 7, "\ud800"])
def test_trial_of_a_bad_prompt_is_refused(
    client: TestClient, session: Session, prompt: Any
) -> None:
    path = f"/v1/endpoints/{create_endpoint(session).id}:test"
    body = json.dumps({"prompt": prompt})  # in ASCII, which lets a lone surrogate through
    headers = {"Content-Type": "application/json"}
    assert client.post(path, content=body, headers=headers).status_code == 422

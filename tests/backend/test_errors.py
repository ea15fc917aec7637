"""Every error that callers can cause has its status, and looks the same."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend import errors


def test_each_error_has_its_own_status_and_code() -> None:
    kinds = errors.SeedbedError.__subclasses__()
    assert len({(kind.status, kind.code) for kind in kinds}) == len(kinds)
    assert all(400 <= kind.status < 600 and kind.status != 500 for kind in kinds)


def test_unknown_path_is_a_problem(client: TestClient) -> None:
    answer = client.get("/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_number_that_no_row_can_have_is_refused_wherever_it_stands(
    app: FastAPI, client: TestClient
) -> None:
    numbered = [path for path, ways in app.openapi()["paths"].items() if "{" in path
                and "get" in ways]  # fmt: skip
    asked = [re.sub(r"\{\w+\}", str(10**25), path) for path in numbered]
    answered = {path: client.get(path).status_code for path in asked}
    assert [path for path, status in answered.items() if status not in (404, 422)] == []
    assert client.patch(f"/v1/users/{10**25}", json={}).status_code == 404
    for path in ("/v1/benchmarks", "/v1/endpoints"):
        assert client.delete(f"{path}/{10**25}").status_code in (404, 422)


def test_health_names_the_part_that_is_not_well(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "worker": "never seen", "broker": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", f"/v1/keys/{2**63}", None),
        ("POST", "/v1/keys", b'{"name": "a\\u0000b"}'),
        ("POST", "/v1/users", b'{"name": "a\\u0000b", "role": "viewer"}'),
        ("POST", "/v1/sign-in", b'{"name": "a\\u0000b", "password": "correct horse"}'),
        ("POST", "/v1/sign-in", b'{"link": "\\ud800"}'),
        ("POST", "/v1/sign-in", b'{"name": "Ada", "password": "\\ud800"}'),
    ],
)
def test_what_no_column_holds_is_the_callers_mistake(
    client: TestClient, method: str, path: str, body: bytes | None
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, path, content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"
    assert client.get("/v1/me").status_code == 200

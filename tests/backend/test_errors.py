"""Every error that callers can cause has its status, and looks the same."""

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


def test_health_names_the_part_that_is_not_well(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "worker": "never seen", "broker": "ok"}

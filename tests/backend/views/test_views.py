"""Saved views: private by default, shared on purpose, changed by their owner alone."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

VIEW: dict[str, Any] = {
    "name": "Hard algebra",
    "filter": {"domain": "algebra", "verdict": "hard", "min_margin": 0.2},
    "sort": "margin",
}


def names(client: TestClient) -> list[str]:
    return [view["name"] for view in client.get("/v1/views").json()]


def test_view_is_its_owners_until_it_is_shared(client_as: Callable[[str], TestClient]) -> None:
    ada, grace = client_as("curator"), client_as("viewer")
    view = ada.post("/v1/views", json=VIEW).json()

    assert names(ada) == ["Hard algebra"]
    assert names(grace) == []
    assert grace.patch(f"/v1/views/{view['id']}", json={"name": "x"}).status_code == 404

    ada.patch(f"/v1/views/{view['id']}", json={"shared": True})
    [seen] = grace.get("/v1/views").json()
    assert (seen["mine"], seen["owner"]) == (False, ada.user.name)  # type: ignore[attr-defined]
    assert seen["filter"] == VIEW["filter"]
    assert grace.patch(f"/v1/views/{view['id']}", json={"name": "x"}).status_code == 403
    assert grace.delete(f"/v1/views/{view['id']}").status_code == 403


def test_deleted_view_comes_back(client: TestClient) -> None:
    view = client.post("/v1/views", json=VIEW).json()

    assert client.delete(f"/v1/views/{view['id']}").status_code == 204
    assert names(client) == []
    client.patch(f"/v1/views/{view['id']}", json={"deleted": False})
    assert names(client) == ["Hard algebra"]


def test_name_is_taken_once_by_each_owner(client_as: Callable[[str], TestClient]) -> None:
    ada, grace = client_as("curator"), client_as("curator")
    first = ada.post("/v1/views", json=VIEW).json()
    again = ada.post("/v1/views", json=VIEW)

    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert grace.post("/v1/views", json=VIEW).status_code == 201
    ada.delete(f"/v1/views/{first['id']}")
    assert ada.post("/v1/views", json=VIEW).status_code == 201
    back = ada.patch(f"/v1/views/{first['id']}", json={"deleted": False})
    assert back.status_code == 409


def test_wrong_filter_is_refused_by_its_field(client: TestClient) -> None:
    wrong = {**VIEW, "filter": {"min_margin": 0.5, "max_margin": 0.1}}
    answer = client.post("/v1/views", json=wrong)

    assert answer.status_code == 422
    assert "max_margin" in answer.text
    assert client.post("/v1/views", json={**VIEW, "name": "  "}).status_code == 422


def test_every_view_can_be_listed_and_queued(client: TestClient) -> None:
    for view in client.get("/v1/views/stock").json():
        query = {**view["filter"], "sort": view["sort"]}
        assert client.get("/v1/seeds", params=query).status_code == 200, view
        assert client.get("/v1/queue", params=query).status_code == 200, view

"""Sign-in, keys and roles, over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.accounts import service
from tests.conftest import ClientFactory


def test_request_without_key_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/me", headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


def test_unknown_key_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/me", headers={"Authorization": "Bearer sb_wrong"})
    assert answer.status_code == 401


def test_password_sign_in_gives_a_session_that_sign_out_ends(client: TestClient) -> None:
    person = {"name": "Ada", "role": "curator", "password": "correct horse"}
    assert client.post("/v1/users", json=person).status_code == 201
    signed_in = client.post("/v1/sign-in", json={"name": "Ada", "password": "correct horse"})
    bearer = {"Authorization": f"Bearer {signed_in.json()['secret']}"}
    assert client.get("/v1/me", headers=bearer).json()["name"] == "Ada"
    assert client.post("/v1/sign-out", headers=bearer).status_code == 204
    assert client.get("/v1/me", headers=bearer).status_code == 401


@pytest.mark.parametrize("name", ["Ada", "nobody"])
def test_wrong_password_and_unknown_name_look_the_same(client: TestClient, name: str) -> None:
    client.post("/v1/users", json={"name": "Ada", "role": "viewer", "password": "correct horse"})
    answer = client.post("/v1/sign-in", json={"name": name, "password": "wrong battery"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "name or password is wrong"


def test_sign_in_link_works_once(client: TestClient) -> None:
    url = client.post("/v1/sign-in-links").json()["url"]
    link = url.split("?link=")[1]
    first = client.post("/v1/sign-in", json={"link": link})
    assert first.json()["user"]["role"] == "admin"
    assert client.post("/v1/sign-in", json={"link": link}).status_code == 401
    bearer = {"Authorization": f"Bearer {link}"}
    assert client.get("/v1/me", headers=bearer).status_code == 401


def test_disabled_user_is_refused_at_once(client: TestClient, client_as: ClientFactory) -> None:
    curator = client_as("curator")
    user_id = curator.get("/v1/me").json()["id"]
    client.patch(f"/v1/users/{user_id}", json={"disabled": True})
    assert curator.get("/v1/me").status_code == 401


@pytest.mark.parametrize("changes", [{"password": "battery staple"}, {"disabled": True}])
def test_another_password_or_no_access_ends_sessions_for_good(
    client: TestClient, changes: dict[str, Any]
) -> None:
    person = {"name": "Ada", "role": "curator", "password": "correct horse"}
    user_id = client.post("/v1/users", json=person).json()["id"]
    signed_in = client.post("/v1/sign-in", json={"name": "Ada", "password": "correct horse"})
    bearer = {"Authorization": f"Bearer {signed_in.json()['secret']}"}
    key = client.post("/v1/keys", json={"name": "pipeline", "user_id": user_id}).json()["secret"]
    client.patch(f"/v1/users/{user_id}", json=changes)
    client.patch(f"/v1/users/{user_id}", json={"disabled": False})
    assert client.get("/v1/me", headers=bearer).status_code == 401
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_admin_cannot_lock_themselves_out(client: TestClient) -> None:
    user_id = client.get("/v1/me").json()["id"]
    answer = client.patch(f"/v1/users/{user_id}", json={"role": "viewer"})
    assert answer.status_code == 409


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("curator", 403), ("admin", 200)])
def test_users_are_for_admins(client_as: ClientFactory, role: str, status: int) -> None:
    assert client_as(role).get("/v1/users").status_code == status


def test_key_secret_is_shown_once_and_stored_as_hash(client: TestClient, session: Session) -> None:
    created = client.post("/v1/keys", json={"name": "pipeline"}).json()
    listed = client.get("/v1/keys").json()
    assert "secret" not in listed[-1]
    assert all(key.secret_hash != created["secret"].encode() for key in service.list_keys(
        session, service.user_of_secret(session, created["secret"], ("api",))))  # fmt: skip
    client.delete(f"/v1/keys/{created['id']}")
    bearer = {"Authorization": f"Bearer {created['secret']}"}
    assert client.get("/v1/me", headers=bearer).status_code == 401


def test_foreign_key_cannot_be_revoked(client: TestClient, client_as: ClientFactory) -> None:
    created = client.post("/v1/keys", json={"name": "mine"}).json()
    assert client_as("curator").delete(f"/v1/keys/{created['id']}").status_code == 403


def test_wrong_field_is_named(client: TestClient) -> None:
    answer = client.post("/v1/users", json={"name": "x", "role": "king"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "role"

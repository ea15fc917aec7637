"""Guidelines: texts in versions that never change, refused where they are no texts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import ClientFactory

TEXT = "Do not describe how weapons are built. Offer help with what is safe."


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def add(client: TestClient, **fields: Any) -> Any:
    body = {"name": "Weapons", "category": "weapons_cbrn", "text": TEXT} | fields
    return client.post("/v1/guidelines", json=body)


def test_guideline_is_kept_with_its_first_version(curator: TestClient) -> None:
    made = add(curator, note="from the handbook").json()
    assert (made["name"], made["category"], made["text"]) == ("Weapons", "weapons_cbrn", TEXT)
    [version] = made["versions"]
    assert (version["number"], version["note"], version["characters"]) == (
        1, "from the handbook", len(TEXT),
    )  # fmt: skip
    assert version["author"] == curator.user.name  # type: ignore[attr-defined]
    assert curator.get(f"/v1/guidelines/{made['id']}").json() == made


def test_edit_is_a_version_and_the_earlier_one_stays(curator: TestClient) -> None:
    made = add(curator).json()
    path = f"/v1/guidelines/{made['id']}"
    later = TEXT.replace("weapons", "bombs")
    edited = curator.post(f"{path}/versions", json={"text": later, "seen": 1, "note": "narrower"})
    assert edited.status_code == 201, edited.text
    assert [version["number"] for version in edited.json()["versions"]] == [2, 1]
    assert edited.json()["text"] == later
    assert curator.get(f"{path}/versions/1").json()["text"] == TEXT
    second = curator.get(f"{path}/versions/2").json()
    changed = [(p["kind"], p["text"]) for p in second["difference"] if p["kind"] != "same"]
    assert (second["against"], changed) == (1, [("removed", "weapons "), ("added", "bombs ")])
    first = curator.get(f"{path}/versions/1").json()
    assert (first["against"], first["difference"]) == (None, [])


def test_edit_of_a_version_that_is_not_the_newest_is_refused(curator: TestClient) -> None:
    path = f"/v1/guidelines/{add(curator).json()['id']}/versions"
    assert curator.post(path, json={"text": "Another.", "seen": 1}).status_code == 201
    late = curator.post(path, json={"text": "A third.", "seen": 1})
    assert (late.status_code, late.json()["code"]) == (409, "stale_version")
    same = curator.post(path, json={"text": "Another.", "seen": 2})
    assert (same.status_code, same.json()["errors"][0]["field"]) == (422, "text")
    back = curator.post(path, json={"text": TEXT, "seen": 2})
    assert (back.status_code, back.json()["newest"]["number"]) == (201, 3)


@pytest.mark.parametrize("name", ["Weapons", "weapons", " WEAPONS "])
def test_name_is_given_once_whatever_its_case(curator: TestClient, name: str) -> None:
    add(curator)
    again = add(curator, name=name)
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert again.json()["errors"][0]["field"] == "name"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""), ("text", " \n\t "), ("text", "a\x00b"), ("text", "x" * 50_001),
        ("text", 7), ("name", ""), ("name", "  "), ("name", "a\nb"), ("name", "x" * 101),
        ("category", "crime"), ("note", "a\x00"), ("note", "x" * 2001), ("owner", "me"),
    ],
)  # fmt: skip
def test_what_is_no_guideline_is_refused_by_field(
    curator: TestClient, field: str, value: object
) -> None:
    refused = add(curator, **{field: value})
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_archived_ones_are_listed_apart_and_take_no_version(curator: TestClient) -> None:
    kept, gone = add(curator).json(), add(curator, name="Privacy", category="privacy").json()
    path = f"/v1/guidelines/{gone['id']}"
    assert curator.patch(path, json={"archived": True}).json()["archived_at"]

    def listed(**query: Any) -> list[str]:
        return [g["name"] for g in curator.get("/v1/guidelines", params=query).json()["items"]]

    assert (listed(), listed(archived=True)) == ([kept["name"]], ["Privacy"])
    assert listed(category="privacy") == []
    refused = curator.post(f"{path}/versions", json={"text": "New.", "seen": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    texts = curator.get("/v1/guidelines:texts").json()["items"]
    assert [(text["guideline"], text["number"]) for text in texts] == [
        ("Weapons", 1), ("Privacy", 1),
    ]  # fmt: skip
    assert curator.patch(path, json={"archived": False}).json()["archived_at"] is None


def test_unknown_ones_are_not_found(curator: TestClient) -> None:
    known = add(curator).json()["id"]
    assert curator.get("/v1/guidelines/999").status_code == 404
    assert curator.get(f"/v1/guidelines/{known}/versions/2").status_code == 404
    assert (
        curator.post("/v1/guidelines/999/versions", json={"text": "A", "seen": 1}).status_code
        == 404
    )


def test_viewers_read_and_write_nothing(client_as: ClientFactory, curator: TestClient) -> None:
    made, viewer = add(curator).json(), client_as("viewer")
    assert viewer.get(f"/v1/guidelines/{made['id']}").status_code == 200
    assert add(viewer, name="Mine").status_code == 403

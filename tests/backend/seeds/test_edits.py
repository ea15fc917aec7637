"""Edits of many seeds: each row on its own, each an event that can be taken back."""

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.builders import create_seed


def test_each_row_is_saved_or_refused_on_its_own(client: TestClient, session: Session) -> None:
    first, second = create_seed(session, prompt="One?"), create_seed(session, prompt="Two?")
    rows = [
        {"id": second.id, "domain": "algebra", "tags": ["b", " a ", "a"]},
        {"id": first.id, "domain": ""},
        {"id": 10**9, "domain": "algebra"},
        {"id": first.id, "revision_id": first.revision_id + 1000, "answer": "4"},
        {"id": second.id, "domain": "algebra"},
        "not a row",
    ]
    results = client.patch("/v1/seeds", json={"seeds": rows}).json()["results"]

    assert [row["status"] for row in results] == [
        "saved", "refused", "refused", "refused", "unchanged", "refused",
    ]  # fmt: skip
    errors = [(row["error"] or {}).get("field") for row in results]
    assert errors[1:4] == ["domain", None, "revision_id"]
    assert results[3]["error"]["code"] == "stale_revision"
    assert results[0]["seed"]["tags"] == ["a", "b"]
    session.expire_all()
    assert session.get_one(Seed, second.id).domain == "algebra"


def test_edit_of_tags_and_answer_is_taken_back(client: TestClient, session: Session) -> None:
    seed = create_seed(session, prompt="Three?", answer="3")
    before = seed.revision_id
    row = {"id": seed.id, "revision_id": before, "answer": "4", "tags": ["checked"]}
    [saved] = client.patch("/v1/seeds", json={"seeds": [row]}).json()["results"]
    assert (saved["seed"]["answer"], saved["seed"]["tags"]) == ("4", ["checked"])

    undo = {"token": str(uuid4()), "decision_id": saved["decision_id"]}
    undone = client.post("/v1/decisions:undo", json=undo).json()
    assert (undone["seed"]["answer"], undone["seed"]["tags"]) == ("3", [])
    assert undone["seed"]["revision_id"] == before


def test_edit_is_refused_where_another_has_written_since(
    client: TestClient, session: Session
) -> None:
    seed = create_seed(session, prompt="Five?")
    first = {"id": seed.id, "seen": {"tags": []}, "tags": ["mine"]}
    second = {"id": seed.id, "seen": {"tags": []}, "tags": ["other"]}
    results = client.patch("/v1/seeds", json={"seeds": [first, second]}).json()["results"]

    assert [row["status"] for row in results] == ["saved", "refused"]
    assert (results[1]["error"]["code"], results[1]["error"]["field"]) == ("changed_since", "tags")
    assert results[1]["seed"]["tags"] == ["mine"]


def test_viewer_edits_nothing(client_as: object, session: Session) -> None:
    seed = create_seed(session, prompt="Four?")
    viewer = client_as("viewer")  # type: ignore[operator]
    answer = viewer.patch("/v1/seeds", json={"seeds": [{"id": seed.id, "domain": "x"}]})
    assert answer.status_code == 403

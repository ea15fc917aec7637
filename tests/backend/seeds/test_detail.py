"""One seed: everything known about it, and edits."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.detail import seed_details
from backend.seeds.tables import Seed
from tests.backend.seeds.test_importing import lines, push, row
from tests.builders import (
    create_hit,
    create_sample,
    create_seed,
    create_teachability,
    create_user,
)
from tests.conftest import ClientFactory


def edit(client: TestClient, seed_id: int, **changes: Any) -> dict[str, Any]:
    answer = client.patch(f"/v1/seeds/{seed_id}", json=changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_detail_composes_all_that_is_known(client: TestClient, session: Session) -> None:
    seed = create_seed(session, "x" * 400, "42", extra={"level": 3})
    create_sample(session, seed)
    create_teachability(session, seed)
    hit = create_hit(session, seed)
    session.commit()
    detail = client.get(f"/v1/seeds/{seed.id}").json()
    assert (detail["prompt"], detail["metadata"]) == ("x" * 400, {"level": 3})
    assert [revision["number"] for revision in detail["revisions"]] == [1]
    assert detail["evidence"]["teachability"]["verdict"] == "teachable"
    assert [sample["answer"] for sample in detail["evidence"]["samples"]] == ["42"]
    assert [found["id"] for found in detail["evidence"]["hits"]] == [hit.id]
    assert detail["evidence"]["stale"] is False
    assert detail["history"] == []


def test_details_come_in_the_order_asked(session: Session) -> None:
    first, second = create_seed(session), create_seed(session)
    asked, user = [second.id, 999_999, first.id], create_user(session)
    assert [detail.id for detail in seed_details(session, user, asked)] == [second.id, first.id]


def test_withdrawn_seed_stays_readable_but_not_editable(client: TestClient) -> None:
    pushed = push(client, lines(row("a?")))
    seed_id = pushed["results"][0]["id"]
    client.post(f"/v1/imports/{pushed['import_id']}:undo")
    assert client.get(f"/v1/seeds/{seed_id}").json()["withdrawn_at"] is not None
    assert client.patch(f"/v1/seeds/{seed_id}", json={"domain": "x"}).status_code == 404


@pytest.mark.parametrize(("seed_id", "status"), [("999", 404), (str(2**63), 422), ("x", 422)])
def test_unknown_seed_is_not_found(client: TestClient, seed_id: str, status: int) -> None:
    assert client.get(f"/v1/seeds/{seed_id}").status_code == status


def test_edit_of_the_prompt_is_a_new_revision_and_a_decision(
    client_as: ClientFactory, session: Session
) -> None:
    curator = client_as("curator")
    seed = create_seed(session, "Old?", "1", status="accepted", verdict="easy", score=0.5)
    session.commit()
    old = seed.revision_id
    detail = edit(curator, seed.id, prompt="New?")
    assert (detail["prompt"], detail["answer"], detail["status"]) == ("New?", "1", "pending")
    assert (detail["verdict"], detail["score"]) == (None, None)
    assert [(r["number"], r["origin"]) for r in detail["revisions"]] == [(2, "edit"), (1, "import")]
    (event,) = detail["history"]
    assert (event["kind"], event["user"]) == ("edit", curator.user.name)  # type: ignore[attr-defined]
    assert event["before"] == {
        "status": "accepted", "revision_id": old, "verdict": "easy", "score": 0.5,
    }  # fmt: skip
    assert event["after"] == {
        "status": "pending", "revision_id": detail["revision_id"], "verdict": None, "score": None,
    }  # fmt: skip


def test_edit_of_facts_keeps_the_revision(client: TestClient, session: Session) -> None:
    seed = create_seed(session, domain="x", status="accepted")
    session.commit()
    detail = edit(client, seed.id, domain="y", licence="MIT")
    assert (detail["domain"], detail["licence"], detail["status"]) == ("y", "MIT", "accepted")
    assert len(detail["revisions"]) == 1
    assert detail["history"][0]["before"] == {"domain": "x", "licence": None}


def test_answer_can_be_emptied(client: TestClient, session: Session) -> None:
    seed = create_seed(session, answer="42")
    session.commit()
    assert edit(client, seed.id, answer=None)["answer"] is None


def test_edit_that_changes_nothing_leaves_no_event(client: TestClient, session: Session) -> None:
    seed = create_seed(session, "Same?", "1")
    session.commit()
    assert edit(client, seed.id, prompt="Same?", answer="1")["history"] == []


WRONG_EDITS: list[tuple[dict[str, Any], int, str]] = [
    ({"prompt": " "}, 422, "prompt"),
    ({"prompt": None}, 422, "prompt"),
    ({"prompt": "a\0"}, 422, "prompt"),
    ({"prompt": "x" * 200_001}, 422, "prompt"),
    ({"answer": "a\0"}, 422, "answer"),
    ({"domain": "a\0"}, 422, "domain"),
    ({"status": "accepted"}, 422, "status"),
    ({"prompt": "Taken?"}, 409, "prompt"),
]


@pytest.mark.parametrize(("changes", "status", "field"), WRONG_EDITS)
def test_wrong_edit_changes_nothing(
    client: TestClient, session: Session, changes: dict[str, Any], status: int, field: str
) -> None:
    seed = create_seed(session, "Old?")
    create_seed(session, "Taken?")
    session.commit()
    answer = client.patch(f"/v1/seeds/{seed.id}", json=changes)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert session.get_one(Seed, seed.id).revision_id == seed.revision_id
    assert client.get(f"/v1/seeds/{seed.id}").json()["prompt"] == "Old?"


def test_lone_surrogate_in_an_edit_is_refused(client: TestClient, session: Session) -> None:
    seed = create_seed(session)
    session.commit()
    answer = client.patch(
        f"/v1/seeds/{seed.id}",
        content=rb'{"prompt": "\ud800"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["viewer", "ingester"])
def test_edits_are_for_curators(client_as: ClientFactory, session: Session, role: str) -> None:
    seed = create_seed(session)
    session.commit()
    assert client_as(role).patch(f"/v1/seeds/{seed.id}", json={"domain": "x"}).status_code == 403


def test_sources_are_listed_by_name(client: TestClient, session: Session) -> None:
    create_seed(session, source="b")
    create_seed(session, source="a")
    session.commit()
    assert [source["name"] for source in client.get("/v1/sources").json()] == ["a", "b"]

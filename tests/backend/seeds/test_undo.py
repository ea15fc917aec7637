"""Taking imports back."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.review.history import record
from backend.seeds.state import SeedScores, apply_state, set_scores
from backend.seeds.tables import Seed, SeedRevision
from tests.backend.seeds.test_importing import lines, push, row
from tests.conftest import ClientFactory


def undo(client: TestClient, pushed: dict[str, Any]) -> dict[str, int]:
    answer = client.post(f"/v1/imports/{pushed['import_id']}:undo")
    assert answer.status_code == 200, answer.text
    return {name: count for name, count in answer.json().items() if count}


def decide(session: Session, client: TestClient, seed_id: int, **changes: Any) -> int:
    before = apply_state(session, seed_id, changes)
    seed = session.get_one(Seed, seed_id)
    decision = record(
        session, seed_id=seed_id, revision_id=seed.revision_id, kind="accept",
        user_id=client.user.id, before=before, after=changes,  # type: ignore[attr-defined]
    )  # fmt: skip
    session.commit()
    return decision.id


def prompts(client: TestClient) -> list[str]:
    return sorted(seed["prompt"] for seed in client.get("/v1/seeds").json()["items"])


def test_created_seeds_are_withdrawn_and_can_come_again(
    client: TestClient, session: Session
) -> None:
    body = lines(row("a?", external_id="1"), row("b?"))
    first = push(client, body)
    assert undo(client, first) == {"withdrawn": 2}
    assert prompts(client) == []
    again = push(client, body)
    assert (again["created"], prompts(client)) == (2, ["a?", "b?"])
    # The named seed is the same one again, with the revision that samples may hang on.
    assert again["results"][0]["id"] == first["results"][0]["id"]
    assert session.get_one(Seed, again["results"][0]["id"]).import_id == again["import_id"]
    assert undo(client, first) == {}
    assert undo(client, again) == {"withdrawn": 2}


def test_seed_without_a_name_comes_back_as_the_one_that_was_taken_down(client: TestClient) -> None:
    body = lines(row("a?"), row("b?"))
    first = push(client, body)
    down, free = (seed["id"] for seed in first["results"])
    taken = {"token": str(uuid4()), "reason": "privacy", "seed_ids": [down]}
    assert client.post("/v1/takedowns", json=taken).json()["count"] == 1
    assert undo(client, first) == {"withdrawn": 2}

    elsewhere = push(client, lines(row("a?", source="elsewhere")))  # nobody else is meant
    assert elsewhere["results"][0]["id"] not in (down, free)
    undo(client, elsewhere)
    again = push(client, lines(row("a?"), row("b?"), row("a?")))
    assert [seed["status"] for seed in again["results"]] == ["created", "created", "duplicate"]
    assert again["results"][0]["id"] == again["results"][2]["id"] == down
    assert again["results"][1]["id"] not in (down, free)
    assert client.get(f"/v1/seeds/{down}/quality").json()["taken_down"] is True


def test_withdrawn_seed_comes_back_with_another_prompt(
    client: TestClient, session: Session
) -> None:
    undo(client, push(client, lines(row("a?", external_id="1"))))
    answer = push(client, lines(row("b?", external_id="1"), row("b?", external_id="2")))
    assert [result["status"] for result in answer["results"]] == ["created", "duplicate"]
    assert prompts(client) == ["b?"]


def test_prompt_that_comes_back_is_taken(client: TestClient) -> None:
    undo(client, push(client, lines(row("a?", external_id="1"))))
    answer = push(client, lines(row("a?", external_id="1"), row("a?")))
    assert [result["status"] for result in answer["results"]] == ["created", "duplicate"]


def test_updated_seed_returns_to_what_it_was(client: TestClient, session: Session) -> None:
    old = row("a?", external_id="1", answer="1", domain="x", metadata={"k": 1})
    seed_id = push(client, lines(old))["results"][0]["id"]
    revision_id = session.get_one(Seed, seed_id).revision_id
    set_scores(session, [SeedScores(revision_id, "easy", 0.25, 1.0, 0.9, 2, 0.5)])
    apply_state(session, seed_id, {"status": "accepted"})
    session.commit()
    new = row("b?", external_id="1", answer="2", domain="y", licence="MIT", metadata={"k": 2})
    pushed = push(client, lines(new))
    assert undo(client, pushed) == {"returned": 1}
    seed = session.get_one(Seed, seed_id)
    assert (seed.revision_id, seed.domain, seed.licence, seed.extra) == (
        revision_id, "x", None, {"k": 1},
    )  # fmt: skip
    assert (seed.status, seed.verdict, seed.score, seed.steps) == ("accepted", "easy", 0.25, 2)
    assert push(client, lines(old))["unchanged"] == 1


def test_scores_since_an_update_of_facts_survive_its_undo(
    client: TestClient, session: Session
) -> None:
    seed_id = push(client, lines(row("a?", external_id="1")))["results"][0]["id"]
    pushed = push(client, lines(row("a?", external_id="1", domain="y")))
    revision_id = session.get_one(Seed, seed_id).revision_id
    set_scores(session, [SeedScores(revision_id, "easy", 0.25, 1.0, 0.9, 2, 0.5)])
    session.commit()
    assert undo(client, pushed) == {"returned": 1}
    seed = session.get_one(Seed, seed_id)
    assert (seed.domain, seed.verdict) == (None, "easy")


def test_what_curators_decided_on_stays(client: TestClient, session: Session) -> None:
    pushed = push(client, lines(row("a?"), row("b?")))
    decide(session, client, pushed["results"][0]["id"], status="accepted")
    assert undo(client, pushed) == {"withdrawn": 1, "kept_decided": 1}
    assert prompts(client) == ["a?"]


def test_decision_that_was_undone_does_not_count(client: TestClient, session: Session) -> None:
    pushed = push(client, lines(row("a?")))
    seed_id = pushed["results"][0]["id"]
    decision_id = decide(session, client, seed_id, status="accepted")
    assert undo(client, pushed) == {"kept_decided": 1}
    before = apply_state(session, seed_id, {"status": "pending"})
    record(
        session, seed_id=seed_id, revision_id=session.get_one(Seed, seed_id).revision_id,
        user_id=client.user.id, kind="undo", before=before, after={},  # type: ignore[attr-defined]
        undoes_id=decision_id,
    )  # fmt: skip
    session.commit()
    assert undo(client, pushed) == {"withdrawn": 1}


def test_imports_are_taken_back_in_any_order_without_losing_later_ones(
    client: TestClient, session: Session
) -> None:
    first = push(client, lines(row("a?", external_id="1")))
    second = push(client, lines(row("b?", external_id="1")))
    third = push(client, lines(row("c?", external_id="1")))
    assert undo(client, first) == {"kept_changed": 1}
    assert undo(client, second) == {"kept_changed": 1}
    assert undo(client, third) == {"returned": 1}
    assert prompts(client) == ["b?"]
    assert undo(client, second) == {"returned": 1}
    assert undo(client, first) == {"withdrawn": 1}


def test_seed_whose_earlier_prompt_was_taken_stays(client: TestClient, session: Session) -> None:
    push(client, lines(row("a?", external_id="1")))
    pushed = push(client, lines(row("b?", external_id="1")))
    push(client, lines(row("a?", external_id="2")))
    assert undo(client, pushed) == {"kept_taken": 1}
    assert prompts(client) == ["a?", "b?"]


def test_undone_import_says_when(client: TestClient) -> None:
    pushed = push(client, lines(row("a?")))
    path = f"/v1/imports/{pushed['import_id']}"
    assert client.get(path).json()["undone_at"] is None
    undo(client, pushed)
    assert client.get(path).json()["undone_at"] is not None


def test_ingester_takes_only_their_own_back(client_as: ClientFactory) -> None:
    pushed = push(client_as("ingester"), lines(row("a?")))
    path = f"/v1/imports/{pushed['import_id']}:undo"
    assert client_as("ingester").post(path).status_code == 403
    assert client_as("curator").post(path).status_code == 200


def test_unknown_import_is_not_found(client: TestClient) -> None:
    assert client.post("/v1/imports/99:undo").status_code == 404
    assert client.get("/v1/imports/99/errors").status_code == 404
    assert client.get(f"/v1/imports/{2**63}").status_code == 422


def test_revisions_of_an_undone_import_stay_in_the_history(
    client: TestClient, session: Session
) -> None:
    seed_id = push(client, lines(row("a?", external_id="1")))["results"][0]["id"]
    undo(client, push(client, lines(row("b?", external_id="1"))))
    assert push(client, lines(row("c?", external_id="1")))["updated"] == 1
    seed = session.get_one(Seed, seed_id)
    assert session.get_one(SeedRevision, seed.revision_id).number == 3

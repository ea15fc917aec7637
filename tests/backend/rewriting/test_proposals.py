"""Proposals: what is refused, what rules say, and how they are listed."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.backend.rewriting.proposals import (
    PROOF,
    VALUE,
    code,
    outcomes,
    proof_seed,
    proposal,
    propose,
)
from tests.builders import create_seed
from tests.conftest import ClientFactory


def test_rules_are_asked_at_once_and_models_not_yet(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    assert outcomes(made) == {
        "stands_alone": "passed", "one_answer": "passed", "short_answer": "passed",
        "not_leaked": "passed", "changed": "passed", "decontaminated": "unknown",
        "follows": "unknown", "reference_decisive": "unknown", "second_family_agrees": "unknown",
        "difficulty_kept": "unknown",
    }  # fmt: skip
    assert made["unknown"] == ["decontaminated"]
    assert [check["measured"] for check in made["checks"]] == [True] * 6 + [False] * 4


def test_difference_joins_to_both_texts(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    pieces = made["difference"]
    assert "".join(piece["text"] for piece in pieces if piece["kind"] != "added") == PROOF
    assert "".join(piece["text"] for piece in pieces if piece["kind"] != "removed") == VALUE


def test_repeated_token_makes_no_second_rewrite(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    body = proposal(seed)
    first, second = (client.post("/v1/rewrites", json=body).json()["id"] for _ in range(2))
    assert first == second

    other = create_seed(session)
    session.commit()
    again = {**proposal(other), "token": body["token"]}
    assert code(client.post("/v1/rewrites", json=again)) == (409, "token_reused")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prompt": "  "}, "prompt"),
        ({"answer": "a\0b"}, "answer"),
        ({"why": " "}, "why"),
        ({"kind": "else"}, "kind"),
    ],
)
def test_wrong_proposal_is_refused_by_field(
    client: TestClient, session: Session, wrong: Any, field: str
) -> None:
    seed = proof_seed(session)
    answer = client.post("/v1/rewrites", json={**proposal(seed), **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_proposal_is_of_the_wording_that_was_read(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    body = proposal(seed)
    client.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another text?"})
    assert code(client.post("/v1/rewrites", json=body)) == (409, "stale_revision")


def test_prompt_of_another_seed_is_refused(client: TestClient, session: Session) -> None:
    create_seed(session, prompt=VALUE)
    seed = proof_seed(session)
    assert code(client.post("/v1/rewrites", json=proposal(seed))) == (409, "duplicate")


def test_comments_are_kept_once(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    body = {"token": str(uuid4()), "text": "Is 40 not too many?"}
    for _ in range(2):
        said = client.post(f"/v1/rewrites/{made['id']}/comments", json=body).json()["comments"]
    assert [comment["text"] for comment in said] == ["Is 40 not too many?"]
    other = client.post(f"/v1/rewrites/{made['id']}/comments", json=body | {"text": "Or too few?"})
    assert code(other) == (409, "token_reused")


def test_most_doubtful_come_first_and_pages_follow(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    passed = propose(client, seed)
    unknown = propose(client, seed, "What is the sum? What is the number of terms?", "1600")
    failed = propose(client, seed, "Show that the sum of the first 40 is 1600.", "1600")
    query: dict[str, Any] = {"state": "proposed", "limit": 2}
    first = client.get("/v1/rewrites", params=query).json()
    rest = client.get("/v1/rewrites", params={**query, "after": first["next"]}).json()
    shown = [row["id"] for row in (*first["items"], *rest["items"])]
    assert shown == [failed["id"], unknown["id"], passed["id"]]
    assert (first["total"], rest["next"]) == (3, None)


def test_rewrites_are_found_by_state_kind_seed_and_author(
    client: TestClient, client_as: ClientFactory, session: Session
) -> None:
    seed, curator = proof_seed(session), client_as("curator")
    mine = propose(client, seed)
    theirs = propose(curator, seed, "What is 1 + 3 + 5?", "9", kind="free")
    client.post(f"/v1/rewrites/{mine['id']}:withdraw")

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in client.get("/v1/rewrites", params=query).json()["items"]]

    assert found(state="proposed") == [theirs["id"]]
    assert found(kind="proof_to_answer") == [mine["id"]]
    assert found(author=curator.user.name) == [theirs["id"]]  # type: ignore[attr-defined]
    assert found(seed_id=seed.id) == [theirs["id"], mine["id"]]
    assert found(seed_id=seed.id + 1) == []

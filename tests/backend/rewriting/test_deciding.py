"""Approval, its undo, rejection and withdrawal."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.config import settings
from backend.seeds.tables import Seed
from tests.backend.rewriting.proposals import (
    PROOF,
    VALUE,
    approve,
    code,
    proof_seed,
    proposal,
    propose,
    undo,
)
from tests.conftest import ClientFactory


def test_approved_rewrite_is_the_seeds_wording_and_waits_for_triage(
    client: TestClient, session: Session
) -> None:
    seed = proof_seed(session, verdict="hard", score=0.3)
    base = seed.revision_id
    made = propose(client, seed)
    done = approve(client, made).json()

    assert (done["state"], done["seed_revision_id"]) == ("approved", made["revision_id"])
    now = client.get(f"/v1/seeds/{seed.id}").json()
    assert (now["prompt"], now["answer"], now["status"]) == (VALUE, "1600", "pending")
    assert (now["verdict"], now["score"]) == (None, None)
    event = now["history"][0]
    assert (event["kind"], event["revision_id"]) == ("rewrite", made["revision_id"])
    assert event["before"]["revision_id"] == base
    assert (event["before"]["status"], event["after"]["status"]) == ("needs_rewrite", "pending")
    assert [row["origin"] for row in now["revisions"]] == ["rewrite", "import"]
    assert approve(client, made).json()["decision_id"] == event["id"]


def test_approval_is_taken_back_and_taken_back_again(client: TestClient, session: Session) -> None:
    seed = proof_seed(session, verdict="hard", score=0.3)
    made = propose(client, seed)
    decision_id = approve(client, made).json()["decision_id"]

    taken_back = undo(client, decision_id).json()
    assert (taken_back["seed"]["prompt"], taken_back["seed"]["verdict"]) == (PROOF, "hard")
    assert taken_back["seed"]["status"] == "needs_rewrite"
    reopened = client.get(f"/v1/rewrites/{made['id']}").json()
    assert (reopened["state"], reopened["decision_id"]) == ("proposed", None)
    assert reopened["approvals"] == []

    redone = undo(client, taken_back["decision"]["id"]).json()
    assert (redone["decision"]["kind"], redone["seed"]["prompt"]) == ("rewrite", VALUE)
    held = client.get(f"/v1/rewrites/{made['id']}").json()
    assert (held["state"], held["decision_id"]) == ("approved", redone["decision"]["id"])
    assert [event["kind"] for event in held["history"]] == ["rewrite", "undo", "rewrite"]


def test_rewrite_can_be_approved_again_after_an_undo(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    undo(client, approve(client, made).json()["decision_id"])
    assert approve(client, made).json()["state"] == "approved"


def test_approval_of_what_was_rejected_since_does_not_come_back(
    client: TestClient, session: Session
) -> None:
    made = propose(client, proof_seed(session))
    event = undo(client, approve(client, made).json()["decision_id"]).json()["decision"]
    client.post(f"/v1/rewrites/{made['id']}:reject", json={"reason": "too easy"})
    assert code(undo(client, event["id"])) == (409, "rewrite_decided")


def test_approval_of_a_wording_that_is_gone_names_what_is_there(
    client: TestClient, session: Session
) -> None:
    seed = proof_seed(session)
    made = propose(client, seed)
    client.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another text?"})
    now = client.get(f"/v1/seeds/{seed.id}").json()["revision_id"]

    refused = approve(client, made)
    assert code(refused) == (409, "stale_revision")
    assert str(now) in refused.json()["detail"]
    assert client.get(f"/v1/rewrites/{made['id']}").json()["stale"]


def test_only_one_of_two_rewrites_is_approved(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    first = propose(client, seed)
    second = propose(client, seed, "What is the sum of the first 30 odd numbers?", "900")
    assert approve(client, first).status_code == 200
    assert code(approve(client, second)) == (409, "stale_revision")


def test_failed_checks_are_overruled_by_an_admin_with_a_reason(
    client: TestClient, client_as: ClientFactory, session: Session
) -> None:
    curator = client_as("curator")
    made = propose(curator, proof_seed(session), "Show that the sum is 1600.", "1600")
    assert set(made["failed"]) == {"one_answer", "not_leaked"}

    assert code(approve(curator, made)) == (409, "failed_checks")
    assert code(approve(curator, made, overrules="It is fine.")) == (403, "forbidden")
    assert code(approve(client, made)) == (409, "failed_checks")
    done = approve(client, made, overrules="A known idiom.").json()
    assert (done["state"], done["history"][0]["reason"]) == ("approved", "A known idiom.")


def test_nothing_is_overruled_where_nothing_failed(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    assert approve(client, made, overrules="To be safe.").status_code == 422


def test_two_others_approve_where_two_are_needed(
    client_as: ClientFactory, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "rewrite_approvals", 2)
    author, first, second = (client_as("curator") for _ in range(3))
    made = propose(author, proof_seed(session))

    assert code(approve(author, made)) == (403, "forbidden")
    for _ in range(2):  # once more is not once again
        waiting = approve(first, made).json()
        assert (waiting["state"], len(waiting["approvals"])) == ("proposed", 1)
    assert approve(second, made).json()["state"] == "approved"


def test_rejected_and_withdrawn_rewrites_are_decided(
    client: TestClient, client_as: ClientFactory, session: Session
) -> None:
    author, other = client_as("curator"), client_as("curator")
    seed = proof_seed(session)
    rejected, withdrawn = propose(author, seed), propose(author, seed, "What is 1 + 3?", "4")

    answer = other.post(f"/v1/rewrites/{rejected['id']}:reject", json={"reason": "too easy"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("rejected", "too easy")
    assert other.post(f"/v1/rewrites/{withdrawn['id']}:withdraw").status_code == 403
    assert author.post(f"/v1/rewrites/{withdrawn['id']}:withdraw").json()["state"] == "withdrawn"
    for decided in (rejected, withdrawn):
        assert code(approve(client, decided)) == (409, "rewrite_decided")
    assert session.get_one(Seed, seed.id).status == "needs_rewrite"


def test_viewer_reads_and_proposes_nothing(client_as: ClientFactory, session: Session) -> None:
    seed = proof_seed(session)
    made = propose(client_as("curator"), seed)
    viewer = client_as("viewer")
    assert viewer.get(f"/v1/rewrites/{made['id']}").status_code == 200
    assert viewer.post("/v1/rewrites", json=proposal(seed)).status_code == 403
    assert approve(viewer, made).status_code == 403

"""Proposals are no wordings of their seeds until they are approved."""

import json

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.service import CHECK
from backend.jobs.tables import Job
from tests.backend.rewriting.proposals import PROOF, VALUE, approve, code, proof_seed, propose, undo
from tests.builders import create_seed
from tests.checks import add_benchmark


def test_proposal_leaves_its_seed_as_it_is(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    before = client.get(f"/v1/seeds/{seed.id}").json()
    made = propose(client, seed)

    assert (made["state"], made["prompt"], made["answer"]) == ("proposed", VALUE, "1600")
    assert made["original_prompt"] == PROOF
    assert made["revision_id"] != made["base_revision_id"] == seed.revision_id
    assert client.get(f"/v1/seeds/{seed.id}").json() == before


def test_edit_after_a_proposal_has_a_number_of_its_own(
    client: TestClient, session: Session
) -> None:
    seed = proof_seed(session)
    propose(client, seed)
    edited = client.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another text?"}).json()
    assert [row["number"] for row in edited["revisions"]] == [3, 1]
    assert edited["prompt"] == "Another text?"


def test_approved_rewrite_stays_in_the_list_of_wordings_after_its_undo(
    client: TestClient, session: Session
) -> None:
    seed = proof_seed(session)
    undo(client, approve(client, propose(client, seed)).json()["decision_id"])
    now = client.get(f"/v1/seeds/{seed.id}").json()
    assert now["prompt"] == PROOF
    assert [row["origin"] for row in now["revisions"]] == ["rewrite", "import"]


def test_import_rewords_a_seed_with_a_proposal(client: TestClient, session: Session) -> None:
    seed = proof_seed(session, external_id="p1")
    made = propose(client, seed)
    row = {"source": "test", "external_id": "p1", "prompt": "Prove it otherwise."}
    kind = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/seeds:bulk", content=json.dumps(row), headers=kind)
    assert answer.json()["updated"] == 1, answer.text
    now = client.get(f"/v1/seeds/{seed.id}").json()
    assert [row["number"] for row in now["revisions"]] == [3, 1]
    assert client.get(f"/v1/rewrites/{made['id']}").json()["stale"]


def test_prompt_of_a_proposal_is_free_for_other_seeds(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    create_seed(session, prompt=VALUE)
    session.commit()
    assert code(approve(client, made)) == (409, "duplicate")


def test_proposals_are_no_wordings_of_lists_and_search(
    client: TestClient, session: Session
) -> None:
    seed = proof_seed(session)
    propose(client, seed)
    [row] = client.get("/v1/seeds").json()["items"]
    assert (row["prompt"], row["revision_id"]) == (PROOF, seed.revision_id)
    assert client.get("/v1/seeds/count", params={"has_answer": True}).json()["count"] == 0


def test_new_wording_is_checked_by_a_job(client: TestClient, session: Session) -> None:
    add_benchmark(session, "A question of no importance at all, is it not?")
    propose(client, proof_seed(session))
    assert session.scalar(select(Job.kind).where(Job.kind == CHECK)) == CHECK

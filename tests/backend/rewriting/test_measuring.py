"""Starting a run over rewrites: which ones it takes, and what it refuses."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.rewriting.tables import RewriteCheck
from backend.runs.tables import RunItem
from tests.backend.rewriting.proposals import approve, code, proof_seed, propose
from tests.builders import create_endpoint, create_seed
from tests.conftest import ClientFactory


def line_up(session: Session, **fields: Any) -> dict[str, Any]:
    numbers = {
        "reference_endpoint_id": create_endpoint(session, "reference").id,
        "second_reference_endpoint_id": create_endpoint(session, "reference").id,
        "weak_endpoint_ids": [create_endpoint(session, "weak").id],
        "judge_endpoint_ids": [create_endpoint(session, "judge").id],
    }
    session.commit()
    return numbers | fields


def measure(client: TestClient, body: dict[str, Any]) -> Any:
    return client.post("/v1/rewrites:measure", json=body)


def field(refused: Any) -> str:
    return str(refused.json()["errors"][0]["field"])


def taken(session: Session, run: Any) -> list[int]:
    wanted = select(RunItem.revision_id).where(RunItem.run_id == run["id"])
    return list(session.scalars(wanted.order_by(RunItem.revision_id)))


def test_all_that_wait_and_can_be_approved_are_taken_once(
    client: TestClient, session: Session
) -> None:
    seed, other = proof_seed(session), create_seed(session, "Prove that 2 is even.")
    first, second = propose(client, seed), propose(client, seed, "What is 1 + 3?", "4")
    stale, gone = propose(client, other, "What is 1 + 5?", "6"), propose(client, seed, "1 + 7?")
    client.patch(f"/v1/seeds/{other.id}", json={"prompt": "Another text?"})
    client.post(f"/v1/rewrites/{gone['id']}:withdraw")

    body = line_up(session)
    run = measure(client, body).json()
    assert taken(session, run) == sorted([first["revision_id"], second["revision_id"]])
    assert (run["kind"], run["settings"]["rewrites"], run["seeds_total"]) == ("scoring", True, 2)
    refused = measure(client, body)
    assert (refused.status_code, field(refused)) == (422, "rewrite_ids")
    assert code(measure(client, {**body, "rewrite_ids": [stale["id"]]})) == (409, "stale_revision")
    assert code(measure(client, {**body, "rewrite_ids": [gone["id"]]})) == (409, "rewrite_decided")
    assert measure(client, {**body, "rewrite_ids": [999_999_999]}).status_code == 404
    assert measure(client, {**body, "rewrite_ids": []}).status_code == 422


def test_cancelled_run_leaves_rewrites_to_be_measured(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    body = line_up(session)
    client.post(f"/v1/runs/{measure(client, body).json()['id']}:cancel")
    assert taken(session, measure(client, body).json()) == [made["revision_id"]]


def test_seeds_and_their_runs_know_nothing_of_it(client: TestClient, session: Session) -> None:
    made = propose(client, proof_seed(session))
    body = line_up(session)
    run = measure(client, {**body, "rewrite_ids": [made["id"]]}).json()
    [item] = session.scalars(select(RunItem).where(RunItem.run_id == run["id"]))
    assert not item.calibrates  # the answer that somebody proposed is no gold
    forecast = client.post("/v1/runs:forecast", json={**body, "filter": {}}).json()
    assert forecast["seeds"] == 1
    assert client.get("/v1/runs", params={"kind": "scoring"}).json()["items"][0]["id"] == run["id"]


def test_forecast_counts_what_every_rewrite_gets(client: TestClient, session: Session) -> None:
    propose(client, proof_seed(session))
    body = line_up(session, stopping="fixed")
    found = client.post("/v1/rewrites:forecast", json=body).json()
    calls = {row["role"]: row["calls"] for row in found["endpoints"]}
    assert found["seeds"] == 1
    assert calls == {"reference": 8, "second_reference": 3, "weak": 16, "judge": 2}


def test_line_up_is_checked_by_field(client: TestClient, session: Session) -> None:
    propose(client, proof_seed(session))
    body = line_up(session)
    twice = {**body, "second_reference_endpoint_id": body["reference_endpoint_id"]}
    assert field(measure(client, twice)) == "second_reference_endpoint_id"
    without = {name: value for name, value in body.items() if name != "reference_endpoint_id"}
    assert measure(client, without).status_code == 422
    as_judge = {**body, "judge_endpoint_ids": body["weak_endpoint_ids"]}
    assert field(measure(client, as_judge)) == "judge_endpoint_ids"


def test_viewer_measures_nothing(
    client: TestClient, client_as: ClientFactory, session: Session
) -> None:
    propose(client, proof_seed(session))
    viewer, body = client_as("viewer"), line_up(session)
    assert measure(viewer, body).status_code == 403
    assert viewer.post("/v1/rewrites:forecast", json=body).status_code == 200


def test_measured_failure_comes_first_and_blocks(client: TestClient, session: Session) -> None:
    seed = proof_seed(session)
    failed, fine = propose(client, seed), propose(client, seed, "What is 1 + 3?", "4")
    assert failed["failed"] == fine["failed"] == []
    evidence = {"text": "it is 1601", "spans": [], "figures": {"after": {"total": 8}}}
    session.add(
        RewriteCheck(
            rewrite_id=failed["id"], name="reference_decisive", outcome="failed", evidence=evidence
        )
    )
    session.commit()
    listed = client.get("/v1/rewrites").json()["items"]
    assert [row["id"] for row in listed] == [failed["id"], fine["id"]]
    shown = client.get(f"/v1/rewrites/{failed['id']}").json()
    [check] = [row for row in shown["checks"] if row["name"] == "reference_decisive"]
    assert (check["measured"], check["figures"]) == (True, {"after": {"total": 8}})
    assert code(approve(client, failed)) == (409, "failed_checks")

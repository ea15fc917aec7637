"""Runs for rewrites over HTTP: one way in, then runs like others; what came of them, and whose."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.jobs.tables import Job
from backend.proposals.reading import read_replies
from backend.rewriting.from_models import RewriteMaker
from backend.science.rewrite_templates import rewrite_template
from backend.scoring.line_up import line_up_of
from backend.seeds.tables import Seed
from tests.backend.rewriting.proposals import PROOF, VALUE, proof_seed, propose
from tests.builders import create_endpoint, create_sample, create_seed
from tests.conftest import ClientFactory
from tests.proposal_runs import reply


@pytest.fixture
def body(session: Session) -> dict[str, Any]:
    """What starts a run over one seed that asks for a proof."""
    teacher = create_endpoint(session, "teacher", name="sage")
    proof_seed(session)
    return {"endpoint_id": teacher.id, "kind": "proof_to_answer"}


def _start(client: TestClient, body: dict[str, Any], **fields: Any) -> Any:
    answer = client.post("/v1/rewrite-runs", json=body | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _replied(session: Session, run: Any, *texts: str) -> None:
    """The run has these replies to its seed, and has read them."""
    [entry] = line_up_of(run["settings"])
    seed = session.scalars(select(Seed)).one()
    asked = session.get_one(Endpoint, entry.endpoint_id)
    for index, text in enumerate(texts):
        create_sample(
            session, seed, index=index, key=None, response=text, template_hash=entry.template_hash,
            endpoint=asked, settings_hash=entry.settings_hash, run_id=run["id"],
            max_tokens=entry.sampling.max_tokens,
        )  # fmt: skip
    maker = RewriteMaker("proof_to_answer", entry)
    assert read_replies(session, run["id"], entry, [seed.revision_id], maker) == {}
    session.commit()


def test_run_freezes_its_proposer_and_its_question(
    client: TestClient, session: Session, body: dict[str, Any], woken: list[int]
) -> None:
    run = _start(client, body, candidates=6, note=" Ask for n = 40. ", parallel_jobs=2)
    assert (run["kind"], run["name"], run["seeds_total"]) == ("rewrites", "rewrites", 1)
    [entry] = run["settings"]["line_up"]
    assert (entry["role"], entry["samples"], entry["name"]) == ("proposer", 6, "sage")
    hashed = rewrite_template("proof_to_answer").hash_with("Ask for n = 40.")
    assert (entry["template_hash"], run["settings"]["note"]) == (hashed, "Ask for n = 40.")
    jobs = session.scalars(select(Job).where(Job.run_id == run["id"])).all()
    assert [job.kind for job in jobs] == ["run.propose"] * 2
    assert woken == [job.id for job in jobs]
    assert client.get("/v1/runs", params={"kind": "rewrites"}).json()["items"][0]["id"] == run["id"]


def test_run_over_one_seed(client: TestClient, session: Session, body: dict[str, Any]) -> None:
    other = create_seed(session)
    session.commit()
    run = _start(client, body, filter={"seed_id": other.id})
    assert (run["seeds_total"], run["filter"]) == (1, {"seed_id": other.id})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint_id": 10**9}, "endpoint_id"),
        ({"candidates": 0}, "candidates"),
        ({"candidates": 33}, "candidates"),
        ({"kind": "other"}, "kind"),
        ({"note": "  "}, "note"),
        ({"filter": {"domain": "none"}}, "filter"),
        ({"samples": 1}, "samples"),
        ({"max_calls": 0}, "max_calls"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_the_field_named(
    client: TestClient, body: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = client.post("/v1/rewrite-runs", json=body | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_only_teachers_and_references_propose(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    reference, weak = (create_endpoint(session, role) for role in ("reference", "weak"))
    sent = create_endpoint(session, "teacher", uses_batches=True)
    session.commit()
    _start(client, body, endpoint_id=reference.id)
    for endpoint in (weak, sent):
        answer = client.post("/v1/rewrite-runs", json=body | {"endpoint_id": endpoint.id})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "endpoint_id")


def test_viewers_reckon_and_do_not_start(
    client_as: ClientFactory, session: Session, body: dict[str, Any]
) -> None:
    viewer = client_as("viewer")
    assert viewer.post("/v1/rewrite-runs", json=body).status_code == 403
    create_seed(session, extra={"tests": []})
    session.commit()
    found = viewer.post("/v1/rewrite-runs:forecast", json=body | {"candidates": 4}).json()
    assert (found["seeds"], found["calls"], found["calls_high"]) == (2, 4, 4)
    assert found["estimated_tokens"] > 4 * 200
    assert "1 of 2 seeds are answered by programs" in found["notes"][0]


def test_forecast_costs_at_most_what_longest_replies_cost(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    endpoint = create_endpoint(
        session, "teacher", input_price=1, output_price=10,
        sampling={"temperature": 0, "max_tokens": 1000},
    )  # fmt: skip
    session.commit()
    found = client.post(
        "/v1/rewrite-runs:forecast", json=body | {"endpoint_id": endpoint.id}
    ).json()
    assert (found["calls"], "temperature 0" in found["notes"][0]) == (1, True)
    assert found["estimated_cost"] < found["estimated_cost_high"]
    assert found["estimated_cost_high"] == pytest.approx(0.01, rel=0.1)


def test_what_models_propose_stands_in_the_queue_under_their_name_and_run(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    run = _start(client, body)
    seed = session.scalars(select(Seed)).one()
    mine = propose(client, seed, "What is 2 + 2?", "4")
    _replied(session, run, reply(VALUE), reply("Prove that 1600 = 40^2.", "1"), "nothing")
    listed = lambda **query: [  # noqa: E731
        (row["author"], row["run_id"], row["prompt"])
        for row in client.get("/v1/rewrites", params=query).json()["items"]
    ]
    theirs = [("sage", run["id"], "Prove that 1600 = 40^2."), ("sage", run["id"], VALUE)]
    assert listed(by_model=True) == theirs  # the one with a failed check first
    assert listed(run_id=run["id"], state="proposed") == theirs
    assert listed(author="sage", kind="proof_to_answer") == theirs
    assert [row[1:] for row in listed(by_model=False)] == [(None, mine["prompt"])]
    assert len(listed(seed_id=seed.id)) == 3


def test_approved_rewrite_of_a_model_is_the_seeds_wording(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    run = _start(client, body)
    _replied(session, run, reply(VALUE))
    [row] = client.get("/v1/rewrites").json()["items"]
    approved = client.post(f"/v1/rewrites/{row['id']}:approve", json={})
    assert approved.status_code == 200, approved.text
    assert approved.json()["original_prompt"] == PROOF
    assert (client.get(f"/v1/seeds/{row['seed_id']}").json()["prompt"]) == VALUE
    summary = client.get(f"/v1/runs/{run['id']}/proposals:summary").json()
    assert summary["standing"] == {"approved": 1}


def test_summary_and_replies_say_what_became_of_each(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    run = _start(client, body, candidates=4)
    path = f"/v1/runs/{run['id']}/proposals"
    assert client.get(f"{path}:summary").json() == {
        "run_id": run["id"], "replies": 0, "made": 0, "seeds": 0, "outcomes": [], "standing": {},
    }  # fmt: skip
    _replied(session, run, reply(VALUE), reply(VALUE), "no", "never")
    assert client.get(f"{path}:summary").json() == {
        "run_id": run["id"], "replies": 4, "made": 1, "seeds": 1, "standing": {"proposed": 1},
        "outcomes": [
            {"outcome": "not_json", "count": 2, "share": 0.5},
            {"outcome": "duplicate", "count": 1, "share": 0.25},
            {"outcome": "made", "count": 1, "share": 0.25},
        ],
    }  # fmt: skip
    page = client.get(path, params={"outcome": "not_json", "limit": 1}).json()
    [row] = page["items"]
    assert (row["reply"], row["said"]) == ("no", "the reply is not one JSON object")
    after = client.get(path, params={"outcome": "not_json", "after": page["next"]}).json()
    assert [row["reply"] for row in after["items"]] == ["never"]
    assert client.get("/v1/runs/999999999/proposals").status_code == 404
    assert client.get("/v1/runs/999999999/proposals:summary").status_code == 404


def test_a_reply_is_read_once(client: TestClient, session: Session, body: dict[str, Any]) -> None:
    run = _start(client, body)
    _replied(session, run, reply(VALUE))
    _replied(session, run)
    assert client.get(f"/v1/runs/{run['id']}/proposals:summary").json()["replies"] == 1

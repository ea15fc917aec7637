"""Runs over HTTP: made from a filter, refused with the field at fault, steered and listed."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.jobs.tables import Job
from backend.runs.tables import Run, RunItem
from backend.science.rubric import rubric_hash
from tests.builders import create_endpoint, create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def line_up(session: Session) -> dict[str, Any]:
    """The endpoints of a run over unanswered seeds."""
    reference, weak = create_endpoint(session, "reference"), create_endpoint(session, "weak")
    session.commit()
    return {"reference_endpoint_id": reference.id, "weak_endpoint_ids": [weak.id]}


def _seeds(session: Session, count: int, answer: str | None = None, **fields: Any) -> None:
    for _ in range(count):
        create_seed(session, answer=answer, **fields)
    session.commit()


def test_run_holds_the_revisions_that_match_and_a_job_for_each_shard(
    client: TestClient, session: Session, line_up: dict[str, Any], woken: list[int]
) -> None:
    _seeds(session, 3, domain="math")
    _seeds(session, 2, domain="code")
    body = line_up | {"filter": {"domain": "math"}, "parallel_jobs": 2}
    answer = client.post("/v1/runs", json=body)
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert (run["state"], run["seeds_total"], run["seeds_scored"]) == ("running", 3, 0)
    assert run["policy"] == "default v1"
    items = session.scalars(select(RunItem).where(RunItem.run_id == run["id"])).all()
    assert len(items) == 3
    jobs = session.scalars(select(Job).where(Job.run_id == run["id"]).order_by(Job.id)).all()
    assert [job.payload for job in jobs] == [{"shard": 0, "of": 2}, {"shard": 1, "of": 2}]
    assert woken == [job.id for job in jobs]


def test_line_up_is_frozen_when_the_run_is_made(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 1)
    run = client.post("/v1/runs", json=line_up | {"weak_samples": 5}).json()
    reference, weak = run["settings"]["line_up"]
    assert (reference["role"], reference["samples"]) == ("reference", 8)
    assert (weak["role"], weak["samples"]) == ("weak", 5)
    assert weak["sampling"]["temperature"] == 0.8
    assert len(weak["settings_hash"]) == len(weak["template_hash"]) == 64


def test_several_judges_rate_once_each_by_the_rubric_that_the_run_was_made_with(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 3)
    judges = [create_endpoint(session, "judge").id for _ in range(2)]
    session.commit()
    body = line_up | {"judge_endpoint_ids": judges}
    calls = client.post("/v1/runs:forecast", json=body).json()["calls"]
    assert calls == client.post("/v1/runs:forecast", json=line_up).json()["calls"] + 2 * 3

    def judging(**fields: Any) -> list[dict[str, Any]]:
        run = client.post("/v1/runs", json=body | fields).json()
        return [entry for entry in run["settings"]["line_up"] if entry["role"] == "judge"]

    newest, first = judging(), judging(rubric_version="1")
    assert [(entry["endpoint_id"], entry["samples"]) for entry in newest] == [
        (judges[0], 1), (judges[1], 1),
    ]  # fmt: skip
    assert {(entry["rubric_version"], entry["template_hash"]) for entry in newest} == {
        ("2", rubric_hash("2"))
    }
    assert {(entry["rubric_version"], entry["template_hash"]) for entry in first} == {
        ("1", rubric_hash("1"))
    }


def test_endpoint_at_temperature_zero_is_asked_once(client: TestClient, session: Session) -> None:
    _seeds(session, 1, answer="4")
    greedy = create_endpoint(session, "weak", sampling={"temperature": 0})
    session.commit()
    run = client.post("/v1/runs", json={"weak_endpoint_ids": [greedy.id]}).json()
    assert run["settings"]["line_up"][0]["samples"] == 1


def _refusal(client: TestClient, body: dict[str, Any]) -> tuple[str, str]:
    answer = client.post("/v1/runs", json=body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    return error["field"], error["message"]


def test_run_without_a_usable_line_up_is_refused_with_the_field(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 2)
    weak_ids = line_up["weak_endpoint_ids"]
    judge = create_endpoint(session, "judge")
    session.commit()
    field, message = _refusal(client, {"weak_endpoint_ids": weak_ids})
    assert field == "reference_endpoint_id"
    assert "2 of 2 seeds have no answer" in message
    assert _refusal(client, line_up | {"weak_endpoint_ids": []})[0] == "weak_endpoint_ids"
    assert _refusal(client, line_up | {"weak_endpoint_ids": [judge.id]}) == (
        "weak_endpoint_ids", f"the endpoint {judge.name} has the role judge",
    )  # fmt: skip
    field, _ = _refusal(client, line_up | {"weak_endpoint_ids": weak_ids * 2})
    assert field == "weak_endpoint_ids"
    assert _refusal(client, line_up | {"judge_endpoint_ids": [999]})[0] == "judge_endpoint_ids"
    twice = {"judge_endpoint_ids": [judge.id, judge.id]}
    assert _refusal(client, line_up | twice)[0] == "judge_endpoint_ids"
    assert _refusal(client, line_up | {"rubric_version": "7"}) == (
        "rubric_version", "there is no rubric 7; there are: 1, 2",
    )  # fmt: skip
    assert _refusal(client, line_up | {"filter": {"domain": "none"}})[0] == "filter"
    assert session.scalars(select(Run)).all() == []


def test_calibration_marks_so_many_gold_seeds_and_none_where_every_answer_is_known(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    def calibrating(**fields: Any) -> int:
        run = client.post("/v1/runs", json=line_up | fields).json()
        items = session.scalars(select(RunItem).where(RunItem.run_id == run["id"]))
        return sum(item.calibrates for item in items)

    _seeds(session, 6, answer="4")
    assert calibrating() == 0
    assert calibrating(check_given_answers=True) == 6
    _seeds(session, 1)
    assert calibrating() == 6
    assert calibrating(calibration_seeds=2) == 2


def test_forecast_counts_calls_and_makes_nothing(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 4, answer="4")
    _seeds(session, 2)
    body = line_up | {
        "reference_samples": 3, "weak_samples": 5, "calibration_seeds": 1, "stopping": "fixed",
    }  # fmt: skip
    found = client.post("/v1/runs:forecast", json=body).json()
    assert found["seeds"] == 6
    assert found["calls"] == (2 + 1) * 3 + 6 * 5
    assert found["already_stored"] == 0
    assert found["estimated_tokens"] > found["calls"]
    assert session.scalars(select(Run)).all() == []


def test_run_is_paused_resumed_and_cancelled_and_wrong_orders_are_conflicts(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 1)
    url = f"/v1/runs/{client.post('/v1/runs', json=line_up).json()['id']}"
    assert client.post(f"{url}:resume").status_code == 409
    assert client.post(f"{url}:pause").json()["state"] == "paused"
    assert client.post(f"{url}:pause").status_code == 409
    resumed = client.post(f"{url}:resume", json={"max_calls": 7, "max_cost": 1.5}).json()
    assert (resumed["state"], resumed["max_calls"], resumed["max_cost"]) == ("running", 7, 1.5)
    # The first job was never begun, so resuming needs no other.
    assert len(session.scalars(select(Job)).all()) == 1
    cancelled = client.post(f"{url}:cancel").json()
    assert cancelled["state"] == "cancelled"
    assert cancelled["finished_at"]
    assert client.post(f"{url}:cancel").status_code == 409
    assert client.post("/v1/runs/999:pause").status_code == 404


def test_endpoint_stays_in_use_while_a_run_asks_it_and_is_needed_to_resume(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 2)
    run_id = client.post("/v1/runs", json=line_up).json()["id"]
    [weak_id] = line_up["weak_endpoint_ids"]
    weak = f"/v1/endpoints/{weak_id}"
    for steer in ("pause", "resume"):
        refused = client.delete(weak)
        assert refused.status_code == 409
        assert f"run {run_id} (" in refused.json()["detail"]
        assert client.patch(weak, json={"archived": True}).status_code == 409
        client.post(f"/v1/runs/{run_id}:{steer}", json={}).raise_for_status()
    other = create_endpoint(session, "weak")
    session.commit()
    assert client.delete(f"/v1/endpoints/{other.id}").status_code == 204

    session.execute(update(Run).values(state="stopped"))
    session.commit()
    assert client.delete(weak).status_code == 204
    refused = client.post(f"/v1/runs/{run_id}:resume", json={})
    assert refused.status_code == 409
    assert "is archived" in refused.json()["detail"]
    client.patch(weak, json={"archived": False}).raise_for_status()
    assert client.post(f"/v1/runs/{run_id}:resume", json={}).json()["state"] == "running"


def test_spent_budget_has_to_be_raised_to_resume(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 1)
    run_id = client.post("/v1/runs", json=line_up | {"max_calls": 5}).json()["id"]
    run = session.get_one(Run, run_id)
    run.state, run.calls = "stopped", 5
    session.commit()
    refused = client.post(f"/v1/runs/{run_id}:resume", json={"max_calls": 5})
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "max_calls"
    assert client.post(f"/v1/runs/{run_id}:resume", json={"max_calls": 6}).status_code == 200


def test_lists_of_runs_and_items_are_paged(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 3)
    ids = [client.post("/v1/runs", json=line_up).json()["id"] for _ in range(3)]
    page = client.get("/v1/runs", params={"limit": 2}).json()
    assert [run["id"] for run in page["items"]] == ids[:0:-1]
    rest = client.get("/v1/runs", params={"after": page["next"]}).json()
    assert ([run["id"] for run in rest["items"]], rest["next"]) == (ids[:1], None)
    url = f"/v1/runs/{ids[0]}/items"
    page = client.get(url, params={"limit": 2}).json()
    rest = client.get(url, params={"limit": 2, "after": page["next"]}).json()
    seeds = [item["seed_id"] for item in page["items"] + rest["items"]]
    assert len(set(seeds)) == 3
    assert rest["next"] is None
    assert client.get(url, params={"state": "failed"}).json()["items"] == []


def test_roles_viewers_read_and_curators_steer(
    client_as: ClientFactory, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 1)
    viewer, curator = client_as("viewer"), client_as("curator")
    assert viewer.post("/v1/runs", json=line_up).status_code == 403
    run_id = curator.post("/v1/runs", json=line_up).json()["id"]
    assert viewer.get(f"/v1/runs/{run_id}").status_code == 200
    assert viewer.post(f"/v1/runs/{run_id}:pause").status_code == 403

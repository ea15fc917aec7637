"""Runs for traces over HTTP: one way in, then runs like others; what cannot be asked is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs.tables import Job
from backend.science.trace_faults import DEFAULT_RULES
from backend.science.trace_templates import SECTIONS
from backend.scoring.line_up import entry_of
from tests.builders import create_endpoint, create_sample, create_seed, create_teachability
from tests.conftest import ClientFactory


@pytest.fixture
def body(session: Session) -> dict[str, Any]:
    """What starts a run over one seed."""
    create_seed(session, answer="4")
    teacher = create_endpoint(session, "teacher")
    session.commit()
    return {"teacher_endpoint_id": teacher.id}


def test_run_freezes_its_teacher_and_all_its_rules(
    client: TestClient, session: Session, body: dict[str, Any], woken: list[int]
) -> None:
    wanted = body | {"samples": 6, "rules": {"most_tokens": 5000}, "parallel_jobs": 2}
    answer = client.post("/v1/trace-runs", json=wanted)
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert (run["kind"], run["state"], run["seeds_total"], run["policy"]) == (
        "traces", "running", 1, "default v1",
    )  # fmt: skip
    [teacher] = run["settings"]["line_up"]
    assert (teacher["role"], teacher["samples"], teacher["sampling"]["template"]) == (
        "teacher", 6, "step_by_step",
    )  # fmt: skip
    assert run["settings"]["rules"] == DEFAULT_RULES._asdict() | {"most_tokens": 5000}
    jobs = session.scalars(select(Job).where(Job.run_id == run["id"]).order_by(Job.id)).all()
    assert [(job.kind, job.payload) for job in jobs] == [
        ("run.trace", {"shard": 0, "of": 2}), ("run.trace", {"shard": 1, "of": 2}),
    ]  # fmt: skip
    assert woken == [job.id for job in jobs]


def test_template_of_the_run_takes_the_place_of_the_teachers(
    client: TestClient, body: dict[str, Any]
) -> None:
    run = client.post("/v1/trace-runs", json=body | {"template": "thinking_sections"}).json()
    [teacher] = run["settings"]["line_up"]
    assert teacher["sampling"]["template"] == "thinking_sections"
    assert teacher["template_hash"] == SECTIONS.hash


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"teacher_endpoint_id": 10**9}, "teacher_endpoint_id"),
        ({"samples": 0}, "samples"),
        ({"samples": 65}, "samples"),
        ({"template": "none"}, "template"),
        ({"rules": {"most_joy": 1}}, "rules.most_joy"),
        ({"rules": {"most_tokens": -1}}, "rules.most_tokens"),
        ({"rules": {"most_tokens": True}}, "rules.most_tokens"),
        ({"rules": {"most_tokens": 1.5}}, "rules.most_tokens"),
        ({"rules": {"most_tokens": None}}, "rules.most_tokens"),
        ({"rules": {"needs_thinking": 1}}, "rules.needs_thinking"),
        ({"filter": {"domain": "none"}}, "filter"),
        ({"weak_endpoint_ids": [1]}, "weak_endpoint_ids"),
        ({"max_cost": 0}, "max_cost"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_the_field_named(
    client: TestClient, body: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = client.post("/v1/trace-runs", json=body | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert client.get("/v1/runs").json()["items"] == []


def test_only_teachers_that_are_asked_one_by_one_are_asked(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    weak = create_endpoint(session, "weak")
    batched = create_endpoint(session, "teacher", uses_batches=True)
    session.commit()
    for endpoint, words in ((weak, "has the role weak"), (batched, "one by one")):
        answer = client.post("/v1/trace-runs", json=body | {"teacher_endpoint_id": endpoint.id})
        assert answer.status_code == 422
        assert words in answer.text


def test_runs_of_both_kinds_are_listed_together_and_apart(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    weak = create_endpoint(session, "weak")
    session.commit()
    scoring = client.post("/v1/runs", json={"weak_endpoint_ids": [weak.id]}).json()
    traces = client.post("/v1/trace-runs", json=body).json()

    def listed(**parameters: str) -> list[int]:
        return [run["id"] for run in client.get("/v1/runs", params=parameters).json()["items"]]

    assert listed() == [traces["id"], scoring["id"]]
    assert (listed(kind="scoring"), listed(kind="traces")) == ([scoring["id"]], [traces["id"]])
    assert scoring["kind"] == "scoring"


def test_run_is_paused_resumed_and_cancelled_like_any_other(
    client: TestClient, session: Session, body: dict[str, Any]
) -> None:
    run_id = client.post("/v1/trace-runs", json=body).json()["id"]
    assert client.post(f"/v1/runs/{run_id}:pause").json()["state"] == "paused"
    session.execute(Job.__table__.update().values(state="done"))
    session.commit()
    assert client.post(f"/v1/runs/{run_id}:resume").json()["state"] == "running"
    kinds = session.scalars(select(Job.kind).where(Job.run_id == run_id, Job.state == "queued"))
    assert list(kinds) == ["run.trace"]
    assert client.post(f"/v1/runs/{run_id}:cancel").json()["state"] == "cancelled"
    assert client.get(f"/v1/runs/{run_id}/calibration").status_code == 200
    assert client.get(f"/v1/runs/{run_id}/spend").json()[0]["role"] == "teacher"


def test_viewers_start_none(client_as: ClientFactory, body: dict[str, Any]) -> None:
    assert client_as("viewer").post("/v1/trace-runs", json=body).status_code == 403


def test_forecast_counts_what_is_to_be_asked_and_starts_nothing(
    client: TestClient, session: Session
) -> None:
    teacher = create_endpoint(session, "teacher", output_price=10, max_calls_per_day=5)
    entry = entry_of(teacher, "teacher", 4)
    given, voted, doubted, _ = (
        create_seed(session, answer="4"), create_seed(session), create_seed(session),
        create_seed(session),
    )  # fmt: skip
    create_teachability(session, voted, suspect=0.02)
    create_teachability(session, doubted, suspect=0.5)
    create_sample(
        session, given, endpoint=teacher, template_hash=entry.template_hash,
        settings_hash=entry.settings_hash, max_tokens=64,
    )  # fmt: skip
    session.commit()
    body = {"teacher_endpoint_id": teacher.id, "samples": 4}
    found = client.post("/v1/trace-runs:forecast", json=body).json()
    assert (found["seeds"], found["calls"], found["already_stored"]) == (4, 7, 1)
    assert found["calls_low"] == found["calls_high"] == 7
    assert found["estimated_cost"] > 0
    assert found["notes"] == [
        f"{teacher.name} takes 2 days at its limit of 5 calls a day",
        "2 of 4 seeds have no answer to verify against: they fail, and cost nothing",
    ]
    assert client.get("/v1/runs").json()["items"] == []


def test_forecast_under_a_guideline_asks_of_all_but_programs_and_counts_judges(
    client: TestClient, session: Session
) -> None:
    teacher, judge = create_endpoint(session, "teacher"), create_endpoint(session, "judge")
    create_seed(session)
    create_seed(session, answer="4")
    create_seed(session, extra={"tests": ["assert f(1) == 2"]})
    session.commit()
    body = {"name": "Poisons", "category": "other", "text": "Decline to tell how it is made."}
    guideline_id = client.post("/v1/guidelines", json=body).json()["id"]
    wanted = {"teacher_endpoint_id": teacher.id, "samples": 4, "guideline_id": guideline_id}

    def forecast(**more: Any) -> Any:
        return client.post("/v1/trace-runs:forecast", json=wanted | more).json()

    alone = forecast()
    assert (alone["seeds"], alone["calls"]) == (3, 8)
    assert alone["notes"] == [
        "1 of 3 seeds ask for programs: they fail, and cost nothing",
        "no judge is named: no trace is kept until a curator says so, each by itself",
    ]
    judged = forecast(judge_endpoint_ids=[judge.id])
    assert (judged["calls"], judged["calls_low"], judged["calls_high"]) == (16, 8, 16)
    assert len(judged["notes"]) == 1

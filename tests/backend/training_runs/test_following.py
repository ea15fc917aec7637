"""Runs from the request to the checkpoint, with a stand-in that trains in a process of its own."""

import hashlib

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.lineage.tables import ExportRow
from tests.builders import create_seed
from tests.training_runs import (
    asked,
    create_export,
    finish_export,
    followed,
    is_alive,
    output,
    plan,
    processes,
    reached,
    shown,
    step,
)

pytestmark = pytest.mark.usefixtures("trainer")


def test_run_trains_and_leaves_a_checkpoint_that_knows_its_data(
    client: TestClient, session: Session
) -> None:
    export = create_export(session)
    run = followed(client, asked(client, export.id, overrides={"save_every": 3}))
    assert (run["state"], run["failure"], run["step"], run["steps"]) == ("finished", None, 6, 6)
    assert run["latest"]["train"] == {"loss": pytest.approx(1 / 6)}
    assert [check["name"] for check in run["checks"]["checks"] if not check["ok"]] == ["disk"]
    final = client.get(f"/v1/checkpoints/{run['checkpoint_id']}").json()
    assert (final["export_id"], final["step"], final["is_there"]) == (export.id, 6, True)
    assert final["lineage"]["versions"] == {"torch": "0"}
    assert final["recipe"]["data"].endswith(f"exports/{export.folder}")
    assert final["code_version"].startswith("0.1.0")
    assert final["metrics"]["validation"] == {"eval_loss": 0.5}
    [weights] = [file for file in final["files"] if file["name"] == "model.safetensors"]
    assert weights["sha256"] == hashlib.sha256(b"weights").hexdigest()
    every = client.get("/v1/checkpoints", params={"run_id": run["id"]}).json()["items"]
    assert [(one["step"], one["is_final"]) for one in every] == [(6, True), (6, False), (3, False)]
    assert every[2]["metrics"] == {"train": {"loss": pytest.approx(1 / 3)}}


def test_run_waits_for_an_export_that_is_being_written(
    client: TestClient, session: Session
) -> None:
    export = create_export(session, state="pending")
    run = asked(client, export.id)
    step(run["job_id"])
    waits = shown(client, run["id"])
    assert waits["state"] == "pending"
    assert f"waits for export {export.id} (sums)" in waits["note"]
    finish_export(session, export)
    session.commit()
    assert followed(client, run)["state"] == "finished"


def test_run_fails_with_its_export(client: TestClient, session: Session) -> None:
    export = create_export(session, state="pending")
    run = asked(client, export.id)
    export.state, export.error = "failed", "no seed is left"
    session.commit()
    failure = followed(client, run)["failure"]
    assert failure["cause"] == "export"
    assert failure["message"] == f"export {export.id} failed: no seed is left"


def test_preflight_that_finds_an_error_keeps_the_run_from_starting(
    client: TestClient, session: Session
) -> None:
    run = followed(client, asked(client, create_export(session).id, "refused"))
    assert run["failure"]["cause"] == "preflight"
    assert run["failure"]["message"] == "model: is no folder"
    assert (run["handle"], run["started_at"]) == (None, None)


def test_bad_row_names_its_seed(client: TestClient, session: Session) -> None:
    run = followed(client, asked(client, create_export(session).id, "bad-row"))
    failure = run["failure"]
    assert (failure["cause"], failure["seed_id"], failure["row"]) == ("bad_row", 17, 3)
    assert failure["seed_url"].endswith("/seeds?seed=17")
    assert run["checkpoint_id"] is None


@pytest.mark.parametrize(
    ("model", "cause", "words"),
    [
        ("gpu-memory", "out_of_memory", "The GPU ran out of memory."),
        ("killed", "out_of_memory", "killed by signal 9: probably the machine ran out of memory"),
        ("exit-3", "other", "status 3: ValueError: nothing that anybody has seen before"),
        ("no-model", "other", "left no model"),
    ],
)
def test_failure_is_named_by_exit_code_and_last_words(
    client: TestClient, session: Session, model: str, cause: str, words: str
) -> None:
    run = followed(client, asked(client, create_export(session).id, model))
    assert run["state"] == "failed"
    assert run["failure"]["cause"] == cause
    assert words in run["failure"]["message"]
    assert run["failure"]["last_lines"][0] == "it begins"


def test_step_that_is_logged_again_replaces_what_it_said(
    client: TestClient, session: Session
) -> None:
    run = followed(client, asked(client, create_export(session).id, "resumed"))
    rows = client.get(f"/v1/training-runs/{run['id']}/metrics").json()["items"]
    train = [(row["step"], row["values"]["loss"]) for row in rows if row["kind"] == "train"]
    assert [number for number, _ in train] == [1, 2, 3, 4, 5, 6]
    assert [loss for _, loss in train[3:]] == [7.0, 7.0, 7.0]


def test_cancelling_ends_every_process_of_a_run(client: TestClient, session: Session) -> None:
    run = asked(client, create_export(session).id, "held family")
    followed(client, run, "running")
    reached(client, run, 3)
    file = output(run["id"]) / "child"
    alive = processes(run["id"])
    assert int(file.read_text()) in alive
    assert len(alive) >= 3  # keeper, trainer, and the child in a session of its own
    answer = client.post(f"/v1/training-runs/{run['id']}:cancel").json()
    assert (answer["state"], answer["cancel_asked_at"] is None) == ("running", False)
    step(run["job_id"])
    over = shown(client, run["id"])
    assert (over["state"], over["failure"], over["step"]) == ("cancelled", None, 3)
    assert over["cancelled_by"] == client.user.name  # type: ignore[attr-defined]
    assert not any(is_alive(number) for number in alive)
    assert client.post(f"/v1/training-runs/{run['id']}:cancel").status_code == 409


def test_run_that_waits_is_cancelled_at_once(client: TestClient, session: Session) -> None:
    run = asked(client, create_export(session, state="pending").id)
    answer = client.post(f"/v1/training-runs/{run['id']}:cancel").json()
    assert answer["state"] == "cancelled"
    step(run["job_id"])
    assert shown(client, run["id"])["state"] == "cancelled"


def test_one_run_at_a_time_trains_on_a_machine(client: TestClient, session: Session) -> None:
    export = create_export(session)
    first, second = asked(client, export.id, "held"), asked(client, export.id)
    followed(client, first, "running")
    followed(client, second, "starting")
    step(second["job_id"])
    assert f"waits for run {first['id']}, which trains on" in shown(client, second["id"])["note"]
    (output(first["id"]) / "go").touch()
    assert followed(client, first)["state"] == "finished"
    assert followed(client, second)["state"] == "finished"


def test_run_starts_from_a_checkpoint(client: TestClient, session: Session) -> None:
    export = create_export(session)
    first = followed(client, asked(client, export.id))
    body = {"checkpoint_id": first["checkpoint_id"]}
    other = {
        "name": "On", "export_id": export.id, **body,
        "recipe": {"template": "tiny_sft", "overrides": {"steps": 2}}, "target": {"devices": 2},
    }  # fmt: skip
    run = client.post("/v1/training-runs", json=other).json()
    assert run["parent_checkpoint_id"] == first["checkpoint_id"]
    assert run["recipe"]["fields"]["model"] == str(output(first["id"]))


def test_export_with_seeds_that_were_taken_down_is_trained_on_no_more(
    client: TestClient, session: Session
) -> None:
    export, seed = create_export(session), create_seed(session)
    session.add(
        ExportRow(export_id=export.id, position=0, seed_id=seed.id, revision_id=seed.revision_id)
    )
    session.commit()
    token = "00000000-0000-4000-8000-000000000002"
    body = {"token": token, "reason": "privacy", "seed_ids": [seed.id]}
    client.post("/v1/takedowns", json=body)
    refused = client.post("/v1/training-runs", json=plan(export.id))
    assert (refused.status_code, refused.json()["code"]) == (409, "blocked")
    assert f"first seed {seed.id}" in refused.json()["detail"]

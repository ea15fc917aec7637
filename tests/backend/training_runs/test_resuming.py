"""Runs that failed or were cancelled are gone on with: same run, same folder, further attempts."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.jobs.service import LeaseLost
from backend.queue import beside
from backend.training_runs.tables import TrainingRun
from tests.training_runs import (
    Json,
    asked,
    create_export,
    followed,
    is_alive,
    output,
    processes,
    reached,
    shown,
    step,
)
from workers.launchers import Handle, LaunchFailed, LaunchPlan
from workers.launchers.local import LocalLauncher
from workers.tasks.training import follow

pytestmark = pytest.mark.usefixtures("trainer")


def resumed(client: TestClient, run: Json) -> Json:
    answer = client.post(f"/v1/training-runs/{run['id']}:resume")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def refused(client: TestClient, run: Json) -> str:
    answer = client.post(f"/v1/training-runs/{run['id']}:resume")
    assert answer.status_code == 409, answer.text
    return str(answer.json()["code"])


def stumbled(client: TestClient, session: Session, words: str = "", **overrides: Any) -> Json:
    """A run of six steps that has failed at its fifth; it saves every second one."""
    wanted = {"save_every": 2, **overrides}
    run = asked(client, create_export(session).id, f"stumbles {words}", overrides=wanted)
    found = followed(client, run)
    assert found["state"] == "failed"
    return found


def trained(client: TestClient, run: Json) -> list[tuple[int, float]]:
    rows = client.get(f"/v1/training-runs/{run['id']}/metrics").json()["items"]
    return [(row["step"], row["values"]["loss"]) for row in rows if row["kind"] == "train"]


def test_failed_run_goes_on_from_its_last_checkpoint(client: TestClient, session: Session) -> None:
    failed = stumbled(client, session)
    assert (failed["attempt"], failed["resume_step"], failed["step"]) == (1, 4, 5)
    again = resumed(client, failed)
    assert (again["state"], again["attempt"], again["resume_step"]) == ("pending", 2, None)
    assert (again["failure"], again["finished_at"], again["handle"]) == (None, None, None)
    assert (again["id"], again["path"]) == (failed["id"], failed["path"])
    over = followed(client, again)
    assert (over["state"], over["failure"], over["step"]) == ("finished", None, 6)
    assert (over["resumed_from"], over["resumed_by"]) == (4, client.user.name)  # type: ignore[attr-defined]
    # Each step once, and of the fifth what the second attempt says of it.
    first = [(number, pytest.approx(1 / number)) for number in range(1, 5)]
    assert trained(client, over) == [*first, (5, 0.4), (6, pytest.approx(1 / 3))]
    lines = (output(over["id"]) / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines][:7] == [1, 2, 3, 4, 5, 5, 6]
    every = client.get("/v1/checkpoints", params={"run_id": over["id"]}).json()["items"]
    assert [(one["step"], one["is_final"]) for one in every] == [
        (6, True), (6, False), (4, False), (2, False),
    ]  # fmt: skip


def test_every_attempt_keeps_its_failure_and_its_log(client: TestClient, session: Session) -> None:
    failed = stumbled(client, session, "exit-3")
    over = followed(client, resumed(client, failed))
    # What the first one left to be read says nothing of the second.
    assert (over["failure"]["cause"], over["state"], over["attempt"]) == ("other", "failed", 2)
    third = resumed(client, over)
    kept = [(one["number"], one["state"], one["step"], one["failure"]["cause"], one["resumed_from"])
            for one in third["attempts"]]  # fmt: skip
    assert kept == [(1, "failed", 5, "out_of_memory", None), (2, "failed", 6, "other", 4)]
    assert [one["resumed_by"] for one in third["attempts"]] == [None, client.user.name]  # type: ignore[attr-defined]
    assert third["attempts"][0]["finished_at"] == failed["finished_at"]
    logs = [Path(one["log"]).read_text() for one in third["attempts"]]
    assert ["nothing that anybody has seen" in log for log in logs] == [False, True]
    assert client.get(f"/v1/training-runs/{third['id']}/log").json()["text"] == ""


def test_run_without_a_checkpoint_begins_anew(client: TestClient, session: Session) -> None:
    failed = stumbled(client, session, save_every=100)
    assert failed["resume_step"] == 0
    again = resumed(client, failed)
    assert again["step"] == 5
    started = followed(client, again, "starting", "running", "finished")
    assert started["resumed_from"] == 0
    over = followed(client, again)
    assert [number for number, _ in trained(client, over)] == [1, 2, 3, 4, 5, 6]


def test_steps_that_are_done_again_are_taken_out_first(
    client: TestClient, session: Session
) -> None:
    run = asked(client, create_export(session).id, "stumbles held", overrides={"save_every": 3})
    go = output(run["id"]) / "go"
    go.parent.mkdir(parents=True)
    go.touch()
    failed = followed(client, run)
    path = f"/v1/training-runs/{failed['id']}/metrics"
    before = client.get(path).json()
    assert (before["attempt"], before["resumed_from"]) == (1, None)
    go.unlink()
    again = followed(client, resumed(client, failed), "running")
    assert (again["step"], [number for number, _ in trained(client, again)]) == (3, [1, 2, 3])
    after = client.get(path, params={"after": before["next"]}).json()
    assert (after["attempt"], after["resumed_from"], after["items"]) == (2, 3, [])
    go.touch()
    assert followed(client, again)["state"] == "finished"


def test_cancelled_run_goes_on(client: TestClient, session: Session) -> None:
    run = asked(client, create_export(session).id, "held", overrides={"save_every": 2})
    followed(client, run, "running")
    reached(client, run, 3)
    assert refused(client, run) == "goes_on"
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    assert refused(client, run) == "goes_on"
    step(run["job_id"])
    again = resumed(client, run)
    assert (again["cancel_asked_at"], again["cancelled_by"]) == (None, None)
    [ended] = again["attempts"]
    assert (ended["state"], ended["cancelled_by"]) == ("cancelled", client.user.name)  # type: ignore[attr-defined]
    assert (ended["failure"], ended["step"]) == (None, 3)
    (output(run["id"]) / "go").touch()
    over = followed(client, again)
    assert (over["state"], over["resumed_from"]) == ("finished", 2)


def test_runs_that_go_on_or_are_finished_are_refused(client: TestClient, session: Session) -> None:
    export = create_export(session)
    run = asked(client, export.id)
    assert refused(client, run) == "goes_on"
    assert followed(client, run)["resume_step"] is None
    assert refused(client, run) == "finished"
    assert client.post("/v1/training-runs/987654:resume").status_code == 404
    elsewhere = asked(client, export.id, target={"where": "kubernetes"})
    client.post(f"/v1/training-runs/{elsewhere['id']}:cancel")
    assert refused(client, elsewhere) == "unseen"
    failed = stumbled(client, session)
    resumed(client, failed)
    assert refused(client, failed) == "goes_on"


def test_job_of_before_follows_the_run_no_more(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(client, create_export(session).id)
    late = jobs.claim(run["job_id"], 30, "host/1")
    assert late is not None
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    again = resumed(client, run)
    # Another worker is just about to begin it: who comes late keeps his hands off.
    begun: list[LaunchPlan] = []
    row = session.get_one(TrainingRun, run["id"])
    row.state, row.handle = "starting", {"host": socket.gethostname()}
    session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(LocalLauncher, "start", lambda self, plan, handle: begun.append(plan))
        with pytest.raises(LeaseLost):
            follow(late)
    assert (begun, jobs.claim(run["job_id"], 30, "host/2")) == ([], None)
    assert jobs.get(session, run["job_id"]).state == "cancelled"
    row = session.get_one(TrainingRun, run["id"])
    row.state, row.handle = "pending", None
    session.commit()
    assert followed(client, again)["state"] == "finished"


def test_checkpoint_that_is_written_again_is_registered_again(
    client: TestClient, session: Session
) -> None:
    failed = stumbled(client, session)
    [saved, _] = client.get("/v1/checkpoints", params={"run_id": failed["id"]}).json()["items"]
    # Somebody made room.
    (output(failed["id"]) / "checkpoint-4" / ".whole").unlink()
    assert shown(client, failed["id"])["resume_step"] == 2
    over = followed(client, resumed(client, failed))
    assert over["resumed_from"] == 2
    now = client.get(f"/v1/checkpoints/{saved['id']}").json()
    assert (now["step"], now["metrics"]["train"]["loss"]) == (4, 0.5)
    assert saved["metrics"]["train"]["loss"] == 0.25


def test_processes_that_nobody_heard_of_are_ended_first(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LocalLauncher.start

    def unheard(self: LocalLauncher, plan: LaunchPlan, handle: Handle) -> Handle:
        begun.append(real(self, plan, handle))
        raise LaunchFailed("the training process did not come up")

    begun: list[Handle] = []
    run = asked(client, create_export(session).id, "held")
    with monkeypatch.context() as patch:
        patch.setattr(LocalLauncher, "start", unheard)
        failed = followed(client, run)
    assert failed["failure"]["cause"] == "launch"
    assert is_alive(begun[0]["pid"])
    assert refused(client, run) == "host_silent"
    jobs.beat(f"{failed['handle']['host']}/7")
    again = followed(client, resumed(client, run), "running")
    assert not is_alive(begun[0]["pid"])
    assert all(is_alive(number) for number in processes(run["id"]))
    (output(run["id"]) / "go").touch()
    assert followed(client, again)["state"] == "finished"


def test_run_that_was_given_up_goes_on_where_it_was(client: TestClient, session: Session) -> None:
    run = session.get_one(TrainingRun, asked(client, create_export(session).id)["id"])
    run.state, run.handle = "cancelled", {"host": "elsewhere", "begun": True}
    run.error = "given up: its host is silent"
    session.commit()
    given_up = shown(client, run.id)
    assert (refused(client, given_up), given_up["resume_step"]) == ("host_silent", None)
    gone = f"/v1/training-runs/{run.id}:resume?host_is_gone=true"
    jobs.beat("elsewhere/7")
    # Whose worker is heard of is not gone, whatever is said.
    job_id = client.post(gone).json()["job_id"]
    # Only there can be seen, and ended, what may live on.
    assert jobs.due_for_dispatch(30, beside=("beside",)) == []
    assert jobs.due_for_dispatch(30, beside=(beside("elsewhere"),)) == [
        (job_id, beside("elsewhere"))
    ]


def test_run_whose_host_is_gone_for_good_goes_on_elsewhere(
    client: TestClient, session: Session
) -> None:
    run = session.get_one(TrainingRun, asked(client, create_export(session).id)["id"])
    run.state, run.handle = "cancelled", {"host": "elsewhere", "begun": True}
    run.error = "given up: its host is silent"
    session.commit()
    assert refused(client, shown(client, run.id)) == "host_silent"
    again = client.post(f"/v1/training-runs/{run.id}:resume", params={"host_is_gone": True})
    assert followed(client, again.json())["state"] == "finished"


def test_run_whose_export_has_failed_since_is_refused(client: TestClient, session: Session) -> None:
    failed = stumbled(client, session)
    export = create_export(session, "failed")
    session.get_one(TrainingRun, failed["id"]).export_id = export.id
    session.commit()
    assert refused(client, failed) == "conflict"

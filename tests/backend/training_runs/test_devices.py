"""Who trains on a machine beside whom, and who waits: GPUs are those of a stand-in `nvidia-smi`."""

import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.training_runs.devices import allot
from backend.training_runs.tables import TrainingRun
from tests.training_runs import (
    asked,
    create_export,
    followed,
    output,
    processes,
    shown,
    step,
)
from workers import training_steps
from workers.gpus import gpus_here
from workers.launchers.local import LocalLauncher

pytestmark = pytest.mark.usefixtures("trainer")
_SHARED_OUT = {"batch": 12, "device_batch": 1}


@pytest.fixture
def four_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of four; what it answers is in the file."""
    folder = tmp_path / "programs"
    folder.mkdir()
    answer = folder / "answer"
    answer.write_text("".join(f"{number}, GPU-{number}0\n" for number in range(4)))
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\ncat {answer}\n")
    (folder / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return answer


def _asked(
    client: TestClient, session: Session, devices: int, precision: str = "bf16", model: str = "held"
) -> Any:
    overrides = {**_SHARED_OUT, "precision": precision}
    target = {"devices": devices}
    export = create_export(session)
    return asked(client, export.id, model, target=target, overrides=overrides)


def _begun(client: TestClient, session: Session, devices: int, precision: str = "bf16") -> Any:
    return followed(client, _asked(client, session, devices, precision), "running")


def _waiting(client: TestClient, session: Session, devices: int, precision: str = "bf16") -> Any:
    run = followed(client, _asked(client, session, devices, precision), "starting")
    step(run["job_id"])
    return shown(client, run["id"])


def _let_end(client: TestClient, run: Any) -> None:
    output(run["id"]).mkdir(exist_ok=True)
    (output(run["id"]) / "go").touch()
    assert followed(client, run)["state"] == "finished"


def _arguments(run: Any) -> str:
    """Of all its processes."""
    found = b""
    for number in processes(run["id"]):
        found += Path(f"/proc/{number}/cmdline").read_bytes()
    return found.replace(b"\0", b" ").decode()


@pytest.mark.usefixtures("four_gpus")
def test_runs_that_fit_together_train_beside_each_other(
    client: TestClient, session: Session
) -> None:
    first, second = _begun(client, session, 1), _begun(client, session, 3)
    assert (first["devices"], second["devices"]) == ([0], [1, 2, 3])
    assert "--devices 1 --port" in _arguments(first)
    assert "--gpus 0" in _arguments(first)
    assert "--gpus 1,2,3" in _arguments(second)
    assert first["handle"]["port"] != second["handle"]["port"]
    third = _waiting(client, session, 1)
    assert third["devices"] is None
    assert third["note"] == (
        f"waits for runs {first['id']} and {second['id']}, which train on {os.uname().nodename}; "
        "it is the next in line"
    )
    _let_end(client, first)
    assert followed(client, third, "running")["devices"] == [0]
    assert shown(client, first["id"])["devices"] == [0]  # what it had


@pytest.mark.usefixtures("four_gpus")
def test_run_that_asks_for_many_is_not_overtaken(client: TestClient, session: Session) -> None:
    first = _begun(client, session, 2)
    large, small = _waiting(client, session, 4), _waiting(client, session, 1)
    smaller = _waiting(client, session, 1)
    assert small["note"].endswith("; 1 run stands before it in line")
    assert smaller["note"].endswith("; 2 runs stand before it in line")
    _let_end(client, first)
    step(small["job_id"])
    assert f"run {large['id']}, which is about to train" in shown(client, small["id"])["note"]
    assert followed(client, large, "running")["devices"] == [0, 1, 2, 3]
    _let_end(client, large)
    assert followed(client, small, "running")["devices"] == [0]
    assert followed(client, smaller, "running")["devices"] == [1]


@pytest.mark.usefixtures("four_gpus")
def test_run_that_is_cancelled_in_line_is_waited_for_by_nobody(
    client: TestClient, session: Session
) -> None:
    first = _begun(client, session, 2)
    large, small = _waiting(client, session, 4), _waiting(client, session, 2)
    client.post(f"/v1/training-runs/{large['id']}:cancel")
    assert followed(client, small, "running")["devices"] == [2, 3]
    step(large["job_id"])
    assert shown(client, large["id"])["state"] == "cancelled"
    assert shown(client, first["id"])["state"] == "running"


@pytest.mark.usefixtures("four_gpus")
def test_run_that_has_failed_gives_its_devices_back(client: TestClient, session: Session) -> None:
    assert followed(client, _asked(client, session, 4, model="exit-3"))["state"] == "failed"
    assert _begun(client, session, 4)["devices"] == [0, 1, 2, 3]


@pytest.mark.usefixtures("four_gpus")
def test_devices_outlive_the_worker_that_took_them(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after they are stored and before anything is started."""
    run = _asked(client, session, 2)

    def die(*given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LocalLauncher, "start", die)
        with pytest.raises(KeyboardInterrupt):
            step(run["job_id"])
    jobs.release_jobs_of("host/1")
    taken = shown(client, run["id"])
    assert (taken["state"], taken["devices"]) == ("starting", [0, 1])
    assert _begun(client, session, 2)["devices"] == [2, 3]
    adopted = followed(client, run, "running")
    assert (adopted["devices"], adopted["handle"]["port"]) == ([0, 1], taken["handle"]["port"])
    assert "--gpus 0,1" in _arguments(adopted)


@pytest.mark.usefixtures("four_gpus")
def test_run_on_processors_has_the_machine_for_itself(client: TestClient, session: Session) -> None:
    first = _begun(client, session, 1)
    second = _waiting(client, session, 1, "fp32")
    assert f"waits for run {first['id']}, which trains on" in second["note"]
    _let_end(client, first)
    alone = followed(client, second, "running")
    assert (alone["devices"], "--gpus" in _arguments(alone)) == (None, False)
    assert f"waits for run {alone['id']}" in _waiting(client, session, 1)["note"]


@pytest.mark.usefixtures("four_gpus")
def test_runs_of_other_hosts_take_nothing_here(client: TestClient, session: Session) -> None:
    other = session.get_one(TrainingRun, _asked(client, session, 4)["id"])
    other.state, other.handle = "running", {"host": "elsewhere", "devices": [0, 1, 2, 3]}
    session.commit()
    assert _begun(client, session, 4)["devices"] == [0, 1, 2, 3]


def test_gpus_that_are_left_to_others_are_not_given(
    client: TestClient, session: Session, four_gpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gpus_here() == [0, 1, 2, 3]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, GPU-10")
    assert gpus_here() == [1, 3]
    assert _begun(client, session, 2)["devices"] == [1, 3]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpus_here() == []
    (four_gpus.parent / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    assert gpus_here() == []


def test_card_that_does_not_answer_for_a_moment_gives_nobody_what_is_taken(
    client: TestClient, session: Session, four_gpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _begun(client, session, 2)
    monkeypatch.setattr(training_steps, "gpus_here", list)
    waits = _waiting(client, session, 2)
    assert f"waits for run {first['id']}" in waits["note"]


_GPUS = st.integers(0, 6).map(lambda count: list(range(count)))
_HELD = st.one_of(st.none(), st.lists(st.integers(0, 6), max_size=3))


@given(asked=st.integers(0, 6), gpus=_GPUS, held=st.lists(_HELD, max_size=4))
def test_nobody_gets_what_another_has(asked: int, gpus: list[int], held: list[Any]) -> None:
    given_devices = allot(asked, gpus, held)
    alone = any(devices is None for devices in held)
    taken = {number for devices in held for number in devices or ()}
    if given_devices is None:
        is_short = len(set(gpus) - taken) < asked
        assert alone or is_short or (not asked and held)
        return
    assert len(given_devices) == asked
    assert set(given_devices) <= set(gpus) - taken
    assert not alone
    assert asked or not held

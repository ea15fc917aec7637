"""Devices outlive workers: who is killed leaves runs on theirs, and the line as it was.

GPUs are those of a stand-in `nvidia-smi`, the trainer is `tests/standin_trainer.py`.
"""

from pathlib import Path
from typing import Any

import pytest

from backend.database import session_scope
from backend.training_runs import service
from backend.training_runs.schemas import TrainingRunCreate, TrainingRunOut
from tests.builders import create_user
from tests.durability.conftest import Worker
from tests.services import eventually
from tests.training_runs import create_export, output, plan

PATIENCE = 90.0


@pytest.fixture
def on_two_gpus(
    trained_by_standin: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Worker:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "nvidia-smi").write_text("#!/bin/sh\nprintf '0, GPU-a\\n1, GPU-b\\n'\n")
    (programs / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return trained_by_standin


def _asked() -> int:
    with session_scope() as session:
        body: Any = plan(create_export(session).id, "held", target={"devices": 1})
        body["recipe"]["overrides"]["precision"] = "bf16"
        wanted = TrainingRunCreate.model_validate(body)
        return service.create_run(session, create_user(session), wanted).id


def _run(run_id: int) -> TrainingRunOut:
    with session_scope() as session:
        return service.get_run(session, run_id)


def _wait(run_id: int, state: str) -> None:
    eventually(lambda: _run(run_id).state == state, PATIENCE, f"run {run_id} {state}")


def test_third_run_waits_through_the_death_of_workers_and_begins_by_itself(
    on_two_gpus: Worker,
) -> None:
    on_two_gpus.start()
    first, second = _asked(), _asked()
    for run_id in (first, second):
        _wait(run_id, "running")
    third = _asked()
    eventually(lambda: "waits for" in (_run(third).note or ""), PATIENCE, "the line")
    assert {tuple(_run(run_id).devices or ()) for run_id in (first, second)} == {(0,), (1,)}
    given = _run(second).devices
    on_two_gpus.kill()
    on_two_gpus.start()
    (output(second) / "go").touch()
    _wait(second, "finished")
    _wait(third, "running")
    assert _run(third).devices == given
    assert _run(first).state == "running"

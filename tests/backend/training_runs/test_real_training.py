"""The tiny recipe, trained for real for a few steps: no stand-in, but the libraries of training."""

import subprocess
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.config import settings
from backend.embedded.folders import ROOT
from backend.embedded.ports import free_port
from backend.exports.tables import Export
from backend.training_runs import devices
from backend.training_runs.folders import export_folder
from tests.backend.training_runs.hosts import Network
from tests.services import eventually
from tests.training_runs import (
    Json,
    asked,
    create_export,
    finish_export,
    followed,
    shown,
    step,
)

PYTHON = ROOT / ".venv-training" / "bin" / "python"
# A model of 160 wide layers that knows no sum, and sums to learn, as an export has them.
_MAKE = """
import sys
from pathlib import Path
from training.tiny import prepared_model, sft_export, sums
problems = sums(200)
prepared_model(Path(sys.argv[1]), problems)
sft_export(Path(sys.argv[2]), problems)
"""

pytestmark = [
    pytest.mark.usefixtures("trainer"),
    pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-training: make install-training"),
    pytest.mark.skipif(
        not (ROOT / "training" / "preflight.py").exists(), reason="training has no preflight"
    ),
]


@pytest.fixture
def export(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Sums to learn, and beside them a model that knows none."""
    monkeypatch.setenv("SEEDBED_TRAINING_PYTHON", str(PYTHON))
    settings.cache_clear()
    export = create_export(session, "pending")
    data = export_folder(f"{export.id}-sums")
    made = [str(PYTHON), "-c", _MAKE, str(tmp_path / "model"), str(data)]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    finish_export(session, export)
    session.commit()
    return export


_FEWER = {"save_every": 2, "log_every": 1, "validation": 0.1, "warmup_steps": 1}


def _asked(client: TestClient, export: Export, model: Path, steps: int) -> Json:
    fewer, target = {"zero": 0, **_FEWER}, {"devices": 1}
    return asked(client, export.id, str(model), steps=steps, overrides=fewer, target=target)


def test_tiny_model_is_trained_and_becomes_a_checkpoint(
    client: TestClient, export: Export, tmp_path: Path
) -> None:
    run = _asked(client, export, tmp_path / "model", 3)
    over = followed(client, run, seconds=200.0)
    assert over["state"] == "finished", over["failure"]
    rows = client.get(f"/v1/training-runs/{run['id']}/metrics").json()["items"]
    losses = [row["values"]["loss"] for row in rows if row["kind"] == "train"]
    assert len(losses) == 3
    assert losses[-1] < losses[0]
    final = client.get(f"/v1/checkpoints/{over['checkpoint_id']}").json()
    assert final["lineage"]["export"]["folder"] == str(export_folder(f"{export.id}-sums"))
    assert final["lineage"]["versions"]["torch"] is not None
    assert final["metrics"]["summary"]["train_loss"] > 0
    assert "model.safetensors" in {file["name"] for file in final["files"]}
    every = client.get("/v1/checkpoints", params={"run_id": run["id"]}).json()["items"]
    assert [(one["step"], one["is_final"]) for one in every][-1] == (2, False)


def test_two_hosts_train_one_model_together(
    client: TestClient, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `ssh` and the hosts are stand-ins: DeepSpeed and its processes are real."""
    network = Network(tmp_path / "net", "a", "b")
    network.install_ssh(monkeypatch)
    # Other trainings of this machine begin at 29500.
    monkeypatch.setattr(devices, "PORT", free_port(0))
    target = {"where": "hosts", "nodes": 2, "devices": 1, "hostfile": str(network.hostfile)}
    run = asked(
        client, export.id, str(tmp_path / "model"), steps=3, overrides={"zero": 2, **_FEWER},
        target=target,
    )  # fmt: skip
    over = followed(client, run, seconds=500.0)
    left = network.left()
    network.close()
    assert over["state"] == "finished", over["failure"]
    final = client.get(f"/v1/checkpoints/{over['checkpoint_id']}").json()
    assert final["lineage"]["devices"] == 2
    assert left == {"a": set(), "b": set()}


def test_training_that_was_ended_is_gone_on_with(
    client: TestClient, export: Export, tmp_path: Path
) -> None:
    run = _asked(client, export, tmp_path / "model", 60)
    eventually(lambda: _seen(client, run)["step"] >= 3, 200, "a checkpoint")
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    ended = followed(client, run)
    assert (ended["state"], ended["step"] < 60) == ("cancelled", True)
    again = client.post(f"/v1/training-runs/{run['id']}:resume").json()
    over = followed(client, again, seconds=200.0)
    assert over["state"] == "finished", over["failure"]
    assert over["resumed_from"] == ended["resume_step"] >= 2
    rows = client.get(f"/v1/training-runs/{run['id']}/metrics").json()["items"]
    assert [row["step"] for row in rows if row["kind"] == "train"] == list(range(1, 61))


def _seen(client: TestClient, run: Json) -> Json:
    step(run["job_id"])
    return shown(client, run["id"])

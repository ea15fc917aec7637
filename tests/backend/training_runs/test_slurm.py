"""Runs on Slurm, by stand-ins for its commands: see `slurm.py` for how they behave.

The job's work is done by the stand-in trainer, which the test starts where Slurm would.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from tests.backend.training_runs.slurm import Cluster
from tests.training_runs import asked, create_export, followed, output, reached, shown, step
from workers.launchers import slurm as launcher

pytestmark = pytest.mark.usefixtures("trainer")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster(tmp_path / "cluster")
    cluster.install(tmp_path / "programs", monkeypatch)
    return cluster


def _asked(client: TestClient, session: Session, model: str = "ok", **overrides: Any) -> Any:
    target = {"where": "slurm", "nodes": 1, "devices": 2, "hours": 3}
    export = create_export(session)
    return asked(client, export.id, model, target=target, overrides=overrides)


def _begin(cluster: Cluster, job: str) -> int:
    """What Slurm does with a script when its job has machines."""
    cluster.run(job)
    return subprocess.run(["sh"], input=cluster.script(job), text=True, check=False).returncode


def test_job_is_submitted_waits_runs_and_finishes(
    client: TestClient, session: Session, cluster: Cluster
) -> None:
    run = followed(client, _asked(client, session), "starting")
    step(run["job_id"])
    waits = shown(client, run["id"])
    assert waits["note"] == "Slurm job 17 waits: PENDING (Resources)"
    assert waits["handle"]["job"] == "17"
    assert f"#SBATCH --output={output(run['id'])}/slurm-%j.log" in cluster.script("17")
    assert _begin(cluster, "17") == 0
    step(run["job_id"])
    assert shown(client, run["id"])["state"] == "running"
    cluster.leave("17", "COMPLETED")
    over = followed(client, run)
    assert (over["state"], over["step"]) == ("finished", 6)
    assert over["checkpoint_id"] is not None


def test_job_that_was_submitted_before_its_worker_died_is_found_by_its_name(
    client: TestClient, session: Session, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _asked(client, session)
    real = launcher._submit

    def die(*given: Any) -> str:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(launcher, "_submit", die)
        with pytest.raises(KeyboardInterrupt):
            step(run["job_id"])
    jobs.release_jobs_of("host/1")
    assert len(cluster.queued()) == 1
    step(run["job_id"])
    assert len(cluster.queued()) == 1
    assert shown(client, run["id"])["handle"]["job"] == "17"


@pytest.mark.parametrize(
    ("state", "code", "cause"),
    [
        ("FAILED", "1:0", "other"),
        ("OUT_OF_MEMORY", "0:125", "out_of_memory"),
        ("TIMEOUT", "0:0", "time_limit"),
        ("CANCELLED by 1000", "0:15", "killed"),
        ("NODE_FAIL", "0:0", "communication"),
    ],
)
def test_what_slurm_says_of_the_end_is_the_cause(
    client: TestClient, session: Session, cluster: Cluster, state: str, code: str, cause: str
) -> None:
    run = followed(client, _asked(client, session), "starting")
    step(run["job_id"])
    cluster.leave("17", state, code)
    failure = followed(client, run)["failure"]
    assert failure["cause"] == cause


@pytest.mark.parametrize(("model", "state"), [("ok", "finished"), ("gpu-memory", "failed")])
def test_job_that_slurm_has_forgotten_is_told_by_its_files(
    client: TestClient, session: Session, cluster: Cluster, monkeypatch: pytest.MonkeyPatch,
    model: str, state: str,
) -> None:  # fmt: skip
    run = followed(client, _asked(client, session, model), "starting")
    step(run["job_id"])
    _begin(cluster, "17")
    reached(client, run, 6)
    cluster.leave("17")
    step(run["job_id"])
    if state == "failed":
        waits = shown(client, run["id"])
        assert (waits["state"], waits["note"]) == (
            "running", "Slurm does not know job 17 any more",
        )  # fmt: skip
    monkeypatch.setattr(launcher, "FORGOTTEN_SECONDS", -1.0)
    assert (shown(client, run["id"]) if state == "finished" else followed(client, run))[
        "state"
    ] == state


def test_cancelled_job_is_cancelled_at_slurm(
    client: TestClient, session: Session, cluster: Cluster
) -> None:
    run = followed(client, _asked(client, session), "starting")
    step(run["job_id"])
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    step(run["job_id"])
    assert shown(client, run["id"])["state"] == "cancelled"
    assert cluster.queued() == []


def test_controller_that_is_away_is_asked_again(
    client: TestClient, session: Session, cluster: Cluster
) -> None:
    run = followed(client, _asked(client, session), "starting")
    step(run["job_id"])
    (cluster.folder / "down").touch()
    step(run["job_id"])
    troubled = shown(client, run["id"])
    assert troubled["state"] == "starting"
    assert "tries again: squeue: squeue: error: Unable to contact" in troubled["note"]
    (cluster.folder / "down").unlink()
    step(run["job_id"])
    assert shown(client, run["id"])["note"] == "Slurm job 17 waits: PENDING (Resources)"


def test_submission_that_is_refused_fails_the_run(
    client: TestClient, session: Session, cluster: Cluster
) -> None:
    (cluster.folder / "down").touch()
    failure = followed(client, _asked(client, session))["failure"]
    assert failure["cause"] == "launch"
    assert "Unable to contact slurm controller" in failure["message"]


def test_job_that_ran_out_of_time_is_gone_on_with_by_another(
    client: TestClient, session: Session, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = followed(client, _asked(client, session, "stumbles", save_every=2), "starting")
    step(run["job_id"])
    _begin(cluster, "17")
    cluster.leave("17", "TIMEOUT")
    (output(run["id"]) / "failure.json").unlink()  # Slurm's end comes without a word
    failed = followed(client, run)
    assert (failed["failure"]["cause"], failed["resume_step"]) == ("time_limit", 4)
    again = client.post(f"/v1/training-runs/{run['id']}:resume").json()
    real = launcher._submit

    def die(*given: Any) -> str:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(launcher, "_submit", die)
        with pytest.raises(KeyboardInterrupt):
            step(again["job_id"])
    jobs.release_jobs_of("host/1")
    step(again["job_id"])
    # Submitted once, and what was logged before says nothing of a job that waits.
    assert [line[0] for line in cluster.queued()] == ["18"]
    waits = shown(client, run["id"])
    assert (waits["state"], waits["handle"]["job"], waits["step"]) == ("starting", "18", 4)
    _begin(cluster, "18")
    cluster.leave("18", "COMPLETED")
    over = followed(client, again)
    assert (over["state"], over["attempt"], over["step"]) == ("finished", 2, 6)
    assert over["attempts"][0]["handle"]["job"] == "17"


def test_manifest_for_kubernetes_is_kept_and_shared_files_are_followed(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "FORGOTTEN_SECONDS", -1.0)  # nobody forgets what he never knew
    target = {"where": "kubernetes", "devices": 2}
    run = followed(client, asked(client, create_export(session).id, target=target), "starting")
    step(run["job_id"])
    waits = shown(client, run["id"])
    manifest = Path(waits["path"]) / "kubernetes.yaml"
    assert f"kubectl apply -f {manifest} starts it" in waits["note"]
    assert (waits["followed"], "PyTorchJob" in manifest.read_text()) == (False, True)
    # What pods would do that share the folder.
    (output(run["id"]) / "metrics.jsonl").write_text('{"step": 1, "loss": 2.5}\n')
    step(run["job_id"])
    seen = shown(client, run["id"])
    assert (seen["state"], seen["latest"]["train"]) == ("running", {"loss": 2.5})
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    step(run["job_id"])
    assert "kubectl delete -f" in shown(client, run["id"])["note"]

"""`seedbed train`, against the real API and a stand-in that trains."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.cli import training_words
from backend.config import settings
from backend.training_runs import preflight
from tests.training_runs import create_export, followed, shown, standin, step

TINY = ("--set", "steps=4", "--set", "batch=4", "--set", "device_batch=2", "--devices", "2")


@pytest.fixture(autouse=True)
def trainer(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    standin(tmp_path, monkeypatch)
    yield
    monkeypatch.undo()
    settings.cache_clear()


def _started(seedbed: Any, session: Session, *words: str) -> int:
    export = create_export(session)
    return int(seedbed("train", "start", "first", str(export.id), "tiny_sft", *TINY, *words).stdout)


def test_recipes_are_listed_and_explained(seedbed: Any) -> None:
    assert "tiny_grpo" in seedbed("train", "recipes").stdout
    fields = seedbed("train", "recipes", "tiny_grpo").stdout
    assert "reward.longest" in fields
    assert "Steps of linear warm-up." in fields
    assert "There is no recipe huge." in seedbed("train", "recipes", "huge", status=1).stderr


def test_run_is_started_followed_and_its_checkpoint_shown(
    seedbed: Any, session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _started(seedbed, session, "--set", "learning_rate=1e-3")
    run = shown(client, run_id)
    assert run["recipe"]["overrides"]["learning_rate"] == 0.001
    assert "pending" in seedbed("train", "list").stdout
    # While the command waits between two looks, a worker goes on.
    waits = SimpleNamespace(sleep=lambda _: followed(client, run))
    monkeypatch.setattr(training_words, "time", waits)
    told = seedbed("train", "follow", str(run_id))
    assert [line.split() for line in told.stdout.splitlines()][:2] == [
        ["train", "1", "loss", "1"], ["train", "2", "loss", "0.5"],
    ]  # fmt: skip
    assert "validation       4  eval_loss 0.5" in told.stdout
    over = shown(client, run_id)
    assert f"seedbed train checkpoints {over['checkpoint_id']}" in told.stderr
    shown_checkpoint = seedbed("train", "checkpoints", str(over["checkpoint_id"]))
    assert shown_checkpoint.stdout.startswith(over["path"])
    assert "model.safetensors" in shown_checkpoint.stdout
    assert "first" in seedbed("train", "checkpoints", "--final").stdout
    assert "it begins" in seedbed("train", "log", str(run_id)).stdout
    assert "finished, step 4 of 4" in seedbed("train", "show", str(run_id)).stderr


def test_interrupted_follow_leaves_the_run_alone(
    seedbed: Any, session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _started(seedbed, session)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training_words, "time", SimpleNamespace(sleep=interrupt))
    assert f"Run {run_id} goes on" in seedbed("train", "follow", str(run_id)).stderr
    assert shown(client, run_id)["cancel_asked_at"] is None


def test_failed_run_says_why_and_ends_with_a_status(
    seedbed: Any, session: Session, client: TestClient
) -> None:
    run_id = _started(seedbed, session, "--set", "model=bad-row")
    followed(client, shown(client, run_id))
    told = seedbed("train", "follow", str(run_id), status=1).stderr
    assert "bad_row: row 3: prompt is missing" in told
    assert "row 3, seed 17: http" in told


def test_run_is_cancelled(seedbed: Any, session: Session) -> None:
    run_id = _started(seedbed, session)
    assert f"Run {run_id} is cancelled." in seedbed("train", "cancel", str(run_id)).stderr
    assert "cancelled" in seedbed("train", "list", "--state", "cancelled").stdout


def test_failed_run_is_gone_on_with(
    seedbed: Any, session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _started(seedbed, session, "--set", "model=stumbles", "--set", "save_every=2")
    followed(client, shown(client, run_id))
    told = seedbed("train", "show", str(run_id)).stderr
    assert f"To go on from step 2: seedbed train resume {run_id}" in told
    waits = SimpleNamespace(sleep=lambda _: followed(client, shown(client, run_id)))
    monkeypatch.setattr(training_words, "time", waits)
    told = seedbed("train", "resume", str(run_id), "--follow")
    assert f"Run {run_id}, attempt 2, goes on from step 2." in told.stderr
    # What was printed when it was followed before is not printed again.
    steps = [line.split()[1] for line in told.stdout.splitlines() if line.startswith("train")]
    assert steps == ["3", "4"]
    said = seedbed("train", "show", str(run_id)).stderr
    assert "attempt 1: failed at step 3, out_of_memory: CUDA out of memory" in said
    assert "attempt 2: goes on from step 2, asked for by" in said
    again = seedbed("train", "resume", str(run_id), status=1).stderr
    assert "only one that failed or was cancelled can be gone on with" in again


def test_preflight_is_asked_of_a_worker(
    seedbed: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = create_export(session, "pending")
    await_checks = preflight.await_checks

    def worked_off(job_id: int) -> Any:
        step(job_id)
        return await_checks(job_id)

    monkeypatch.setattr(preflight, "await_checks", worked_off)
    told = seedbed("train", "preflight", str(export.id), "tiny_sft", *TINY).stderr
    assert "✓ export: its export is still being written" in told
    assert "! disk: nearly full" in told
    assert "time: 0.5 h, 1 device-hours" in told
    words = ("train", "preflight", str(export.id), "tiny_sft", *TINY, "--set", "model=refused")
    refused = seedbed(*words, status=1).stderr
    assert "✗ model: is no folder" in refused
    monkeypatch.setenv("SEEDBED_TRAINING_PYTHON", "/nowhere/python")
    settings.cache_clear()
    missing = seedbed(*words, status=1).stderr
    assert "/nowhere/python is not there: `make install-training`" in missing


def test_wrong_words_are_refused_before_anything_is_sent(seedbed: Any) -> None:
    words = ("train", "start", "x", "1", "tiny_sft", "--set")
    assert "is not FIELD=VALUE" in seedbed(*words, "steps", status=2).stderr
    assert "not YAML" in seedbed(*words, "steps=[", status=2).stderr

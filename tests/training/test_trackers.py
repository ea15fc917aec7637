"""Trackers for real: a short run of each, and what it leaves in the run's folder."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.test_recipes import FOLDER, changed
from training import tiny

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")

PROBLEMS = tiny.sums(100)
# Of each tracker what it writes, where nothing tells it to send its metrics anywhere.
LEAVES = {
    "tensorboard": "tensorboard/events.out.tfevents.*",
    "mlflow": "mlflow/*/*/metrics/loss",
    "wandb": "wandb/offline-run-*/run-*.wandb",
}


def test_metrics_go_to_trackers_in_the_folder_of_the_run(tmp_path: Path) -> None:
    there = [name for name in LEAVES if importlib.util.find_spec(name) is not None]
    if not there:
        pytest.skip("needs requirements/trackers.txt")
    model = tiny.prepared_model(tmp_path / "model", PROBLEMS)
    data = tiny.sft_export(tmp_path / "sft", PROBLEMS)
    recipe = changed(
        tmp_path, "tiny_sft.yaml", model=str(model), data=str(data), output=str(tmp_path / "out"),
        steps=2, warmup_steps=1, batch=4, device_batch=4, log_every=1, zero=0, report_to=there,
        validation=0.0,
    )  # fmt: skip
    unset = {name: value for name, value in os.environ.items()
             if not name.startswith(("WANDB", "MLFLOW", "TENSORBOARD"))}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "training.sft", str(recipe)], cwd=FOLDER.parents[1],
        env={**unset, "HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    for name in there:
        assert list((tmp_path / "out").glob(LEAVES[name])), (name, done.stderr[-2000:])
    lines = (tmp_path / "out" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines if "loss" in json.loads(line)] == [1, 2]

"""The benchmark of learning goes through all its parts, with a tenth of the steps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("deepspeed", reason="needs requirements/training.txt: make test-training")

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)
def test_quick_benchmark_trains_evaluates_and_goes_on_after_a_kill() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.learning", "--quick"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=850,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["untrained"] == 0.0
    # A run that was killed half-way has the losses of one that was not.
    assert found["resume_max_loss_diff"] < 1e-3
    assert all(0 <= found[name] <= 1 for name in ("sft_accuracy", "half_accuracy", "grpo_accuracy"))

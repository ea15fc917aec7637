"""Training for real, small: two CPU processes under DeepSpeed, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.training.test_recipes import changed
from training import tiny
from training.metrics import METRICS, read_metrics

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")

ROOT = Path(__file__).parents[2]
PROBLEMS = tiny.sums(400)
STEPS = 8


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model, ready."""
    return tiny.prepared_model(tmp_path_factory.mktemp("model") / "ready", PROBLEMS)


def started(recipe: Path, log: Path) -> subprocess.Popen[bytes]:
    """The command that the launcher starts, on two processes."""
    command = [sys.executable, "-m", "training.launch", str(recipe), "--devices", "2"]
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip


def finished(recipe: Path, log: Path) -> None:
    assert started(recipe, log).wait(timeout=280) == 0, log.read_text()[-4000:]


def losses(folder: Path) -> dict[float, float]:
    return {row["step"]: row["loss"] for row in read_metrics(folder) if "loss" in row}


def sft_recipe(folder: Path, model: Path, output: str) -> Path:
    folder.mkdir()
    return changed(
        folder, "tiny_sft.yaml", model=str(model), data=str(folder.parent / "sft"),
        output=str(folder.parent / output), steps=STEPS, warmup_steps=2, save_every=2,
        validate_every=4, log_every=1, validation=0.05,
    )  # fmt: skip


def lines_of(path: Path, process: subprocess.Popen[bytes], log: Path) -> Iterator[int]:
    """How many lines the file has, asked again and again while the process lives."""
    while process.poll() is None:
        yield len(path.read_text().splitlines()) if path.is_file() else 0
    raise AssertionError(log.read_text()[-4000:])


def test_sft_that_is_killed_goes_on_and_ends_where_it_would_have(
    tmp_path: Path, model: Path
) -> None:
    tiny.sft_export(tmp_path / "sft", PROBLEMS)
    finished(sft_recipe(tmp_path / "a", model, "whole"), tmp_path / "whole.log")
    killed = sft_recipe(tmp_path / "b", model, "killed")
    process = started(killed, tmp_path / "killed.log")
    path = tmp_path / "killed" / METRICS
    next(filter(lambda lines: lines >= 4, lines_of(path, process, tmp_path / "killed.log")))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert len(losses(tmp_path / "killed")) < STEPS
    finished(killed, tmp_path / "again.log")

    whole, again = losses(tmp_path / "whole"), losses(tmp_path / "killed")
    assert again.keys() == whole.keys() == set(range(1, STEPS + 1))
    assert again == pytest.approx(whole, abs=1e-3)
    assert whole[STEPS] < whole[1] - 0.5
    said = json.loads((tmp_path / "whole" / "seedbed.json").read_text())
    assert said["export"]["name"] == "tiny"
    log = (tmp_path / "whole.log").read_text()
    assert "carry loss" in log
    assert "0 longer than a sequence" in log


def grpo_recipe(folder: Path, model: Path, **changes: Any) -> Path:
    tiny.rl_export(folder / "rl", PROBLEMS[:64])
    return changed(
        folder, "tiny_grpo.yaml", model=str(model), data=str(folder / "rl"),
        output=str(folder / "out"), steps=2, batch=16, device_batch=8, save_every=1,
        log_every=1, longest_completion=16,
        reward={"longest": 16, "free_up_to": 12, "wrong_up_to": 4}, **changes,
    )  # fmt: skip


def test_grpo_runs_under_deepspeed_and_logs_the_parts_of_its_reward(
    tmp_path: Path, model: Path
) -> None:
    finished(grpo_recipe(tmp_path, model), tmp_path / "log")
    rows = [row for row in read_metrics(tmp_path / "out") if "reward" in row]
    assert [row["step"] for row in rows] == [1, 2]
    # An untrained model writes no thinking: malformed is -1, of which 8/13 count.
    assert rows[0]["reward/malformed"] == 1
    assert rows[0]["reward"] == pytest.approx(-8 / 13, abs=0.08)
    assert {"kl", "entropy", "reward/groups_without_variance"} <= rows[0].keys()


def test_wrong_recipe_ends_before_the_first_step_and_says_why(tmp_path: Path, model: Path) -> None:
    recipe = grpo_recipe(tmp_path, model, longest_prompt=2)
    assert started(recipe, tmp_path / "log").wait(timeout=280) != 0
    assert "all 64 prompts are longer than 2 tokens" in (tmp_path / "log").read_text()
    content = yaml.safe_load(recipe.read_text())
    recipe.write_text(yaml.safe_dump(content | {"data": str(tmp_path / "none")}))
    assert started(recipe, tmp_path / "log").wait(timeout=280) != 0
    assert "no finished export" in (tmp_path / "log").read_text()

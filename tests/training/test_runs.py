"""Training for real, small: two CPU processes under DeepSpeed, killed and gone on with."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.test_recipes import changed
from tests.training.version_exports import version_export
from training import tiny
from training.failures import FAILURE
from training.metrics import METRICS, read_metrics
from training.samples import SAMPLES

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")

PLACE = "prompts.json"
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


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def sft_export(folder: Path) -> Path:
    """A version with a validation split of its own, and a copy of its first row at its end."""
    tiny.sft_export(folder.parent / "quick", PROBLEMS)
    rows = rows_of(folder.parent / "quick/data.jsonl")
    placed = [
        {**row, "position": place, "family": row["seed_id"],
         "split": "validation" if place % 20 == 19 else "train"}
        for place, row in enumerate([*rows, rows[0]])
    ]  # fmt: skip
    return version_export(folder, "sft", placed)


def sft_recipe(folder: Path, model: Path, output: str) -> Path:
    """ZeRO-3, where weights have to be gathered before anything is written with them."""
    folder.mkdir()
    return changed(
        folder, "tiny_sft.yaml", model=str(model), data=str(folder.parent / "sft"),
        output=str(folder.parent / output), steps=STEPS, warmup_steps=2, save_every=2,
        validate_every=4, log_every=1, validation=None, zero=3, samples=2, sample_tokens=8,
    )  # fmt: skip


def lines_of(path: Path, process: subprocess.Popen[bytes], log: Path) -> Iterator[int]:
    """How many lines the file has, asked again and again while the process lives."""
    while process.poll() is None:
        yield len(path.read_text().splitlines()) if path.is_file() else 0
    raise AssertionError(log.read_text()[-4000:])


def test_sft_that_is_killed_goes_on_and_ends_where_it_would_have(
    tmp_path: Path, model: Path
) -> None:
    sft_export(tmp_path / "sft")
    finished(sft_recipe(tmp_path / "a", model, "whole"), tmp_path / "whole.log")
    killed = sft_recipe(tmp_path / "b", model, "killed")
    process = started(killed, tmp_path / "killed.log")
    path = tmp_path / "killed" / METRICS
    next(filter(lambda lines: lines >= 4, lines_of(path, process, tmp_path / "killed.log")))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert len(losses(tmp_path / "killed")) < STEPS
    # As if it had died a little later, in the middle of its next checkpoint.
    (tmp_path / "killed" / f"checkpoint-{STEPS}").mkdir(exist_ok=True)
    finished(killed, tmp_path / "again.log")

    whole, again = losses(tmp_path / "whole"), losses(tmp_path / "killed")
    assert again.keys() == whole.keys() == set(range(1, STEPS + 1))
    assert again == pytest.approx(whole, abs=1e-3)
    assert whole[STEPS] < whole[1] - 0.5
    said = json.loads((tmp_path / "whole" / "seedbed.json").read_text())
    assert (said["export"]["mixture"]["name"], said["devices"]) == ("maths", 2)
    log = (tmp_path / "whole.log").read_text()
    assert "381 examples; of 381 looked at 0 longer than a sequence" in log
    # The first batch begins with the version's first row.
    assert f"<|im_start|>user<|im_sep|>{PROBLEMS[0][0]}" in log
    speeds = [row["tokens_per_second"] for row in read_metrics(tmp_path / "whole")
              if "loss" in row]  # fmt: skip
    assert speeds[0] is None
    assert all(speed > 0 for speed in speeds[1:])
    kept = rows_of(tmp_path / "whole" / SAMPLES)
    assert [row["step"] for row in kept] == [4, 4, 8, 8]
    assert [row["prompt"] for row in kept[:2]] == [PROBLEMS[19][0], PROBLEMS[39][0]]
    assert all(row["text"] for row in kept)
    assert {row["reward"] for row in kept} == {None}
    assert not (tmp_path / "whole" / FAILURE).exists()


def grpo_recipe(folder: Path, model: Path, **changes: Any) -> Path:
    tiny.rl_export(folder / "rl", PROBLEMS[:64])
    return changed(
        folder, "tiny_grpo.yaml", model=str(model), data=str(folder / "rl"),
        output=str(folder / "out"), steps=2, batch=16, device_batch=8, save_every=1,
        log_every=1, longest_completion=16,
        reward={"longest": 16, "free_up_to": 12, "wrong_up_to": 4}, **changes,
    )  # fmt: skip


def test_grpo_draws_more_prompts_in_order_and_logs_the_parts_of_its_reward(
    tmp_path: Path, model: Path
) -> None:
    """An untrained model is all wrong: each step draws two groups three times, in vain."""
    recipe = grpo_recipe(tmp_path, model, dynamic_rounds=2, order="teachable_first", samples=2,
                         samples_every=2)  # fmt: skip
    finished(recipe, tmp_path / "log")
    rows = [row for row in read_metrics(tmp_path / "out") if "reward" in row]
    assert [row["step"] for row in rows] == [1, 2]
    # It writes no thinking: malformed is -1, of which 8/13 count.
    assert rows[0]["reward/malformed"] == 1
    assert rows[0]["reward"] == pytest.approx(-8 / 13, abs=0.08)
    assert {"kl", "entropy", "reward/groups_without_variance", "reward/length_wrong",
            "reward/floored"} <= rows[0].keys()  # fmt: skip
    assert (rows[0]["dynamic/rounds"], rows[0]["dynamic/drawn"]) == (3, 6)
    assert (rows[0]["dynamic/skipped_wrong"], rows[0]["dynamic/kept_without_variance"]) == (4, 2)
    assert (rows[0]["mfu"], rows[1]["trained_tokens"] > rows[0]["trained_tokens"]) == (None, True)
    # Prompts come in order; six for each step, of which the first two are kept.
    kept = rows_of(tmp_path / "out" / SAMPLES)
    assert [row["step"] for row in kept] == [1, 1, 2, 2]
    assert kept[0]["prompt"] == PROBLEMS[0][0]
    assert kept[2]["prompt"] == PROBLEMS[6][0]
    for step in (1, 2):
        place = tmp_path / "out" / f"checkpoint-{step}" / PLACE
        assert json.loads(place.read_text()) == {"next": 6 * step}


def test_bad_row_ends_the_run_before_its_first_step_and_is_named(
    tmp_path: Path, model: Path
) -> None:
    recipe = grpo_recipe(tmp_path, model)
    rows = rows_of(tmp_path / "rl/data.jsonl")
    rows[40]["ground_truth"] = None
    shutil.rmtree(tmp_path / "rl")
    tiny.write_export(tmp_path / "rl", "rl", rows)
    assert started(recipe, tmp_path / "log").wait(timeout=280) != 0
    assert "row 41 (seed 41): ground_truth is missing" in (tmp_path / "log").read_text()
    said = json.loads((tmp_path / "out" / FAILURE).read_text())
    assert (said["cause"], said["seed_id"], said["row"]) == ("bad_row", 41, 41)

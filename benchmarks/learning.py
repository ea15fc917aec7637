"""Whether training teaches: a tiny model learns sums by SFT, GRPO raises a half-trained one.

    .venv-training/bin/python -m benchmarks.learning [--random-seeds N] [--quick]

A model of 1.3 million parameters with Phi-4's architecture and form, two CPU processes under
DeepSpeed. SFT learns reasoning-gym's sums of two numbers with their working in `<think>`; accuracy
is of 400 unseen sums, sampled at temperature 1. A half-trained start has seen half of its traces
without working, and GRPO with the length-aware reward has to find that working pays. A third run is
killed and gone on with. Last line: JSON. `--quick` runs a tenth of the steps, in three minutes: it
shows that all parts work, and nothing about learning.

In a full checkout Seedbed itself exports what is learned from, out of its tables
(`benchmarks.learning_exports`, with the other environment's Python); else it is written here.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import yaml

from training import tiny
from training.exports import open_export, rows_of
from training.metrics import METRICS, read_metrics
from training.recipes import read_recipe

ROOT = Path(__file__).parents[1]
EXPORTS = "exports"
SEEDBED = ROOT / ".venv" / "bin" / "python"
RECIPES = ROOT / "training" / "recipes"
TRAINED, FOR_REWARDS, UNSEEN = 6000, 1200, 400
HALF_STEPS = 90
RESUMED_STEPS = 40
QUICK_STEPS = {"sft": 45, "half": 9, "grpo": 4}


def exported(folder: Path, random_seed: int) -> None:
    """What Seedbed exports from its tables, in the environment that it runs in."""
    command = [str(SEEDBED), "-m", "benchmarks.learning_exports", str(folder),
               "--random-seed", str(random_seed)]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])


def written(folder: Path, random_seed: int) -> None:
    """The same, written without Seedbed where only training is installed."""
    problems = tiny.sums(TRAINED + FOR_REWARDS + UNSEEN, random_seed)
    trained = problems[:TRAINED]
    lazy = [(asked, "easy", answer) for asked, _, answer in trained[::2]]
    tiny.sft_export(folder / "sft", trained)
    tiny.sft_export(folder / "mixed", [*lazy, *trained[1::2]])
    tiny.rl_export(folder / "rl", problems[TRAINED:-UNSEEN])
    tiny.rl_export(folder / "unseen", problems[-UNSEEN:])


def learned(folder: Path) -> list[tuple[str, str, str]]:
    """What an export teaches, for the words of a tokenizer: questions, responses, keys."""
    return [
        (row["messages"][0]["content"], row["messages"][1]["content"], "")
        for row in rows_of(open_export(folder, "sft"))
    ]


class Outcome(NamedTuple):
    """What one random seed came to; errors are standard errors over sums."""

    untrained: float
    sft_accuracy: float
    sft_error: float
    half_accuracy: float
    grpo_accuracy: float
    grpo_error: float
    resume_max_loss_diff: float


class Bench:
    """One random seed's runs, in a folder of their own."""

    def __init__(self, folder: Path, random_seed: int, quick: bool) -> None:
        self._folder, self._seed, self._quick = folder, random_seed, quick
        began = time.monotonic()
        write = exported if SEEDBED.is_file() else written
        write(folder / EXPORTS, random_seed)
        print(f"exports: {time.monotonic() - began:.0f} s", flush=True)
        tiny.prepared_model(folder / "model", learned(folder / EXPORTS / "sft"))

    def run(self) -> Outcome:
        """All of it."""
        untrained = self._evaluate("model")["accuracy"]
        self._train("tiny_sft", "sft", model="model", data="sft")
        sft = self._evaluate("sft")
        self._train("tiny_sft", "half", model="sft", data="mixed", steps=HALF_STEPS,
                    learning_rate=8e-4, warmup_steps=10)  # fmt: skip
        half = self._evaluate("half", samples=2)
        self._train("tiny_grpo", "grpo", model="half", data="rl")
        grpo = self._evaluate("grpo", samples=2)
        return Outcome(
            untrained, sft["accuracy"], sft["error"], half["accuracy"], grpo["accuracy"],
            grpo["error"], self._resumed(),
        )  # fmt: skip

    def _resumed(self) -> float:
        """The largest difference of losses between a run and one that was killed half-way."""
        short = {"model": "model", "data": "sft", "steps": RESUMED_STEPS, "save_every": 10,
                 "log_every": 1}  # fmt: skip
        self._train("tiny_sft", "whole", **short)
        process = self._started(self._recipe("tiny_sft", "killed", **short), "killed")
        path = self._folder / "killed" / METRICS
        while not path.is_file() or len(path.read_text().splitlines()) < RESUMED_STEPS // 2:
            if process.poll() is not None:
                raise SystemExit((self._folder / "killed.log").read_text()[-4000:])
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._train("tiny_sft", "killed", **short)
        whole, again = (self._losses(name) for name in ("whole", "killed"))
        return max(abs(whole[step] - again[step]) for step in whole)

    def _losses(self, name: str) -> dict[float, float]:
        return {row["step"]: row["loss"] for row in read_metrics(self._folder / name)
                if "loss" in row}  # fmt: skip

    def _recipe(self, base: str, output: str, **changes: Any) -> Path:
        content = yaml.safe_load((RECIPES / f"{base}.yaml").read_text()) | changes
        content |= {
            "model": str(self._folder / content["model"]),
            "data": str(self._folder / EXPORTS / content["data"]),
        }
        content |= {"output": str(self._folder / output), "random_seed": self._seed}
        if self._quick:
            content["steps"] = QUICK_STEPS.get(output, content["steps"])
            content["warmup_steps"] = min(content["warmup_steps"], content["steps"] // 2)
        path = self._folder / f"{output}.yaml"
        path.write_text(yaml.safe_dump(content))
        read_recipe(path)
        return path

    def _started(self, recipe: Path, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "training.launch", str(recipe), "--devices", "2"]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PATH": path}
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def _train(self, base: str, output: str, **changes: Any) -> None:
        began = time.monotonic()
        if self._started(self._recipe(base, output, **changes), output).wait():
            raise SystemExit((self._folder / f"{output}.log").read_text()[-4000:])
        print(f"{output}: {time.monotonic() - began:.0f} s", flush=True)

    def _evaluate(self, name: str, samples: int = 1) -> dict[str, Any]:
        command = [sys.executable, "-m", "training.evaluate", str(self._folder / name),
                   str(self._folder / EXPORTS / "unseen"), "--samples", str(samples),
                   "--longest", "48"]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-4000:])
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        print(f"  {name}: {found['accuracy']:.3f} of {found['prompts']} unseen sums", flush=True)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--random-seeds", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    began, outcomes = time.monotonic(), []
    for random_seed in range(wanted.random_seeds):
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(Bench(Path(folder), random_seed, wanted.quick).run())
            print(outcomes[-1], flush=True)
    gains = [one.grpo_accuracy - one.half_accuracy for one in outcomes]
    result = {
        **{name: fmean(getattr(one, name) for one in outcomes) for name in Outcome._fields},
        "grpo_gain": fmean(gains),
        "minutes": (time.monotonic() - began) / 60,
        "random_seeds": wanted.random_seeds,
    }
    if len(outcomes) > 1:
        result["sft_spread"] = stdev(one.sft_accuracy for one in outcomes)
        result["grpo_gain_spread"] = stdev(gains)
    print(json.dumps({name: round(value, 4) for name, value in result.items()}))


if __name__ == "__main__":
    main()

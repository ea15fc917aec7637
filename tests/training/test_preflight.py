"""What is found before a run: a folder that is ready, and each thing that may be wrong with it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from tests.training.test_recipes import FOLDER, changed
from tests.training.version_exports import sft_row, version_export
from training import tiny
from training.cost_model import PHI4, shape_of
from training.preflight import Preflight, preflight
from training.preflight_checks import Card
from training.recipes import BadRecipe, read_recipe

PHI4_CONFIG = {
    "hidden_size": 5120, "num_hidden_layers": 40, "intermediate_size": 17_920,
    "vocab_size": 100_352, "num_attention_heads": 40, "num_key_value_heads": 10,
    "max_position_embeddings": 32_768, "tie_word_embeddings": False,
}  # fmt: skip
H100 = Card("NVIDIA H100 80GB HBM3", 80e9)


def model(folder: Path, tags: tuple[str, ...] = ("<think>", "</think>"), **changes: Any) -> Path:
    """What of a prepared model is looked at."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(PHI4_CONFIG | changes))
    tokens = [{"content": tag, "id": number} for number, tag in enumerate(tags)]
    tokenizer = {"added_tokens": tokens, "model": {"vocab": {"a": 9}}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """Phi-4's recipe, with all that it needs."""
    model(tmp_path / "model")
    version_export(tmp_path / "sft", "sft", [sft_row(seed, seed) for seed in range(4)])
    return changed(
        tmp_path, "phi4_sft.yaml", model=str(tmp_path / "model"), data=str(tmp_path / "sft"),
        output=str(tmp_path / "out"),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disks differ among machines: here there is a terabyte."""
    room(monkeypatch, 1e12)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Modules that are there: those that need a GPU are not where tests run."""
    modules = {"flash_attn", "liger_kernel", "vllm"}
    monkeypatch.setattr("training.preflight_checks.find_spec", lambda name: name in modules or None)
    return modules


def room(monkeypatch: pytest.MonkeyPatch, free: float) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))


def found(recipe: Path, cards: int = 8, nodes: int = 4, devices: int = 8) -> Preflight:
    return preflight(read_recipe(recipe), nodes, devices, [H100] * cards)


def failed(result: Preflight) -> dict[str, str]:
    return {check.name: check.message for check in result.checks if not check.ok}


def test_run_that_is_ready(ready: Path) -> None:
    result = found(ready)
    assert failed(result) == {}
    assert result.is_ready
    # As the cost model has it for 32 devices: 32.5 GiB, 72 hours.
    assert result.memory_gib == pytest.approx(32.5, abs=0.1)
    assert result.hours == pytest.approx(72, abs=1)
    assert result.device_hours == pytest.approx(32 * 72, abs=32)
    assert result.card_gib == pytest.approx(80e9 / 2**30)


def test_phi4_is_counted_from_its_configuration() -> None:
    assert shape_of(PHI4_CONFIG).parameters == pytest.approx(PHI4.parameters, rel=1e-3)
    with pytest.raises(BadRecipe, match="has no hidden_size"):
        shape_of({"num_hidden_layers": 2})


@pytest.mark.parametrize(
    ("where", "name", "said"),
    [
        ({"cards": 2}, "gpus", "2 GPUs on this machine, 8 asked for: NVIDIA H100"),
        ({"nodes": 3}, "batch", "no multiple of 24 devices"),
        ({"nodes": 1, "devices": 1, "cards": 1}, "memory", "GiB of its card"),
    ],
)
def test_machine_that_does_not_do(ready: Path, where: dict[str, int], name: str, said: str) -> None:
    result = found(ready, **where)
    assert said in failed(result)[name]
    assert not result.is_ready


def test_disk_that_is_too_small(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three checkpoints of 14 bytes and a model of 2, of each of 14.66e9 parameters: 601 GiB."""
    room(monkeypatch, 600 * 2**30)
    assert "600.7 GiB for 2 checkpoints" in failed(found(ready))["disk"]


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"tags": ("<think>",)}, "think tokens", "has no token </think>"),
        ({"max_position_embeddings": 16_384}, "positions", "16,384 positions for sequences of 32"),
    ],
)
def test_model_that_is_not_prepared(
    ready: Path, tmp_path: Path, changes: dict[str, Any], name: str, said: str
) -> None:
    model(tmp_path / "raw", **changes)
    recipe = yaml.safe_load(ready.read_text()) | {"model": str(tmp_path / "raw")}
    ready.write_text(yaml.safe_dump(recipe))
    assert said in failed(found(ready))[name]


def test_model_that_is_not_there(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "model" / "config.json").unlink()
    result = found(ready)
    assert "no folder with a config.json" in failed(result)["model"]
    assert (result.memory_gib, result.hours, result.device_hours) == (None, None, None)


def test_export_that_does_not_fit(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "sft" / "data" / "train-00000-of-00002.parquet").write_bytes(b"")
    assert "has changed since" in failed(found(ready))["export"]
    version_export(tmp_path / "v", "sft", [sft_row(1, 0), sft_row(2, 1, "validation")])
    recipe = yaml.safe_load(ready.read_text())
    ready.write_text(yaml.safe_dump(recipe | {"data": str(tmp_path / "v"), "validation": 0.1}))
    assert "a validation split of its own" in failed(found(ready))["export"]


def test_library_that_only_this_recipe_needs_is_named(
    ready: Path, tmp_path: Path, installed: set[str]
) -> None:
    installed -= {"flash_attn", "liger_kernel"}
    said = failed(found(ready))["libraries"]
    assert said == "not installed: flash-attn, liger-kernel (docs/training.md says how)"
    # What transformers takes in its place.
    installed.add("kernels")
    assert "liger-kernel" in failed(found(ready))["libraries"]
    recipe = yaml.safe_load(ready.read_text()) | {"liger": False, "report_to": ["wandb"]}
    ready.write_text(yaml.safe_dump(recipe))
    assert failed(found(ready)) == {"libraries": "not installed: wandb (docs/training.md says how)"}
    installed.add("wandb")
    assert failed(found(ready)) == {}
    installed.remove("vllm")
    tiny.rl_export(tmp_path / "rl", tiny.sums(4))
    grpo = changed(tmp_path, "phi4_grpo.yaml", model=str(tmp_path / "model"),
                   data=str(tmp_path / "rl"), output=str(tmp_path / "grpo"))  # fmt: skip
    assert "not installed: vllm" in failed(found(grpo, nodes=2))["libraries"]
    alone = yaml.safe_load(grpo.read_text()) | {"rollouts": "transformers"}
    grpo.write_text(yaml.safe_dump({key: alone[key] for key in alone if key != "server"}))
    assert failed(found(grpo, nodes=2)) == {}


@pytest.mark.parametrize(("sharing", "fits"), [(2, True), (4, False), (5, True), (8, False)])
def test_devices_that_share_a_sequence_share_out_the_heads(
    ready: Path, sharing: int, fits: bool
) -> None:
    """Phi-4 has 40 heads, and 10 of keys."""
    recipe = yaml.safe_load(ready.read_text()) | {"sequence_parallel": sharing, "batch": 80}
    ready.write_text(yaml.safe_dump(recipe))
    result = found(ready, nodes=5)
    assert ("heads" not in failed(result)) == fits
    if not fits:
        said = f"40 attention heads and 10 of keys, for {sharing} devices that share a sequence"
        assert failed(result) == {"heads": said}


def left(folder: Path, recipe: Path, sha256: str, **changes: Any) -> None:
    """What an earlier attempt leaves."""
    (folder / "checkpoint-500").mkdir(parents=True, exist_ok=True)
    said = {"recipe": read_recipe(recipe).model_dump(mode="json") | changes, "devices": 32,
            "export": {"manifest_sha256": sha256}}  # fmt: skip
    (folder / "seedbed.json").write_text(json.dumps(said))


def test_output_of_the_same_run_is_gone_on_with_and_of_another_is_not(
    ready: Path, tmp_path: Path
) -> None:
    digest = hashlib.sha256((tmp_path / "sft" / "manifest.json").read_bytes()).hexdigest()
    left(tmp_path / "out", ready, digest, save_every=7)
    assert failed(found(ready)) == {}
    assert "number of devices (32)" in failed(found(ready, nodes=2))["output"]
    left(tmp_path / "out", ready, digest, learning_rate=1.0, steps=7)
    assert "another steps, learning_rate" in failed(found(ready))["output"]
    left(tmp_path / "out", ready, "0")
    assert "another export" in failed(found(ready))["output"]
    (tmp_path / "out" / "seedbed.json").unlink()
    unknown = found(ready)
    assert "nothing that says of which" in failed(unknown)["output"]
    assert unknown.is_ready


def test_vllm_beside_the_trainer_takes_its_share(tmp_path: Path) -> None:
    model(tmp_path / "model")
    tiny.rl_export(tmp_path / "rl", tiny.sums(4))
    places = {"model": str(tmp_path / "model"), "data": str(tmp_path / "rl"),
              "output": str(tmp_path / "out")}  # fmt: skip
    # 60 GiB are reckoned for 8 devices: of 74.5 vLLM leaves 70%, which is too little.
    served = changed(tmp_path, "phi4_grpo.yaml", **places)
    assert "memory" not in failed(found(served, nodes=1))
    beside = changed(tmp_path, "phi4_grpo.yaml", **places, rollouts="colocate", server=None)
    assert "that vLLM leaves of its card" in failed(found(beside, nodes=1))["memory"]
    # 42 GiB for 16 devices are little enough, but vLLM does not hold all of Phi-4 on one of them.
    said = "vLLM itself has 22.4 GiB for a model of 27.3 GiB"
    assert said in failed(found(beside, nodes=2))["memory"]


def ask(recipe: Path, path: str = "") -> tuple[int, dict[str, Any]]:
    """The command, with programs of a folder before all others."""
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "training.preflight", str(recipe), "--devices", "2"]
    done = subprocess.run(
        command, cwd=FOLDER.parents[1], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def test_command_prints_json_and_its_status_says_whether_all_is_well(tmp_path: Path) -> None:
    """`nvidia-smi` here is a stand-in that answers as the real one does."""
    model(tmp_path / "model", num_hidden_layers=1, hidden_size=64, intermediate_size=64)
    version_export(tmp_path / "sft", "sft", [sft_row(1, 0)])
    recipe = changed(
        tmp_path, "tiny_sft.yaml", model=str(tmp_path / "model"), data=str(tmp_path / "sft"),
        output=str(tmp_path / "out"),
    )  # fmt: skip
    status, said = ask(recipe)
    assert (status, said["hours"]) == (0, None)
    assert said["memory_gib"] > 0
    assert {"name": "gpus", "ok": True, "severity": "info",
            "message": "fp32 runs on CPUs: no GPU is needed"} in said["checks"]  # fmt: skip
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho NVIDIA H100 80GB HBM3, 81559\n")
    smi.chmod(0o755)
    recipe.write_text(yaml.safe_dump(yaml.safe_load(recipe.read_text()) | {"precision": "bf16"}))
    status, said = ask(recipe, str(tmp_path))
    assert (status, said["card_gib"]) == (1, pytest.approx(81_559 / 1024))
    [gpus] = [check for check in said["checks"] if check["name"] == "gpus"]
    assert "1 GPUs on this machine, 2 asked for" in gpus["message"]
    recipe.write_text("kind: dpo")
    status, said = ask(recipe)
    assert (status, said["checks"][0]["name"], said["memory_gib"]) == (1, "recipe", None)

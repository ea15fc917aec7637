"""OpenRLHF's command: flags that its parser knows, and a reward that is ours."""

import importlib.util
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.openrlhf_flags import flags_of
from tests.training.test_recipes import FOLDER, changed
from tests.training.version_exports import rl_row, version_export
from training import tiny
from training.exports import open_export
from training.openrlhf import Cluster, command_of
from training.recipes import BadRecipe, GRPORecipe, read_recipe

# Of version 0.11.2, as `tests.training.openrlhf_flags` reads them from its source.
FLAGS: dict[str, list[str] | None] = json.loads(
    Path(__file__).with_name("openrlhf_flags.json").read_text()
)


def rendered(folder: Path, cluster: Cluster, **changes: Any) -> dict[str, list[str]]:
    """The flags of the command, each with what follows it."""
    version_export(folder / "rl", "rl", [rl_row(seed, seed) for seed in range(10)])
    recipe = read_recipe(changed(folder, "phi4_grpo.yaml", data=str(folder / "rl"),
                                 output=str(folder / "out"), **changes))  # fmt: skip
    assert isinstance(recipe, GRPORecipe)
    command = command_of(recipe, open_export(folder / "rl", "rl"), cluster)
    start = command.index("openrlhf.cli.train_ppo_ray") + 1
    found: dict[str, list[str]] = {}
    for word in command[start:]:
        if word.startswith("--"):
            values = found.setdefault(word, [])
        else:
            values.append(word)
    return found


@pytest.mark.parametrize(
    "changes",
    [{}, {"dynamic_rounds": 2, "loss": "dapo", "liger": True, "report_to": ["tensorboard"],
          "attention": "sdpa", "checkpointing": False, "kl": 0.0}],
)  # fmt: skip
def test_every_flag_is_known_and_says_what_it_may(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = rendered(tmp_path, Cluster(4, 8, tensor_parallel=2, ring=2), **changes)
    assert found.keys() - FLAGS.keys() == set()
    wrong = {
        name: values for name, values in found.items()
        if (choices := FLAGS[name]) is not None and not set(values) <= set(choices)
    }  # fmt: skip
    assert wrong == {}


def test_recipe_is_said_in_flags(tmp_path: Path) -> None:
    """90 steps of 64 prompts are 5,760: 576 times through 10 prompts."""
    found = rendered(tmp_path, Cluster(4, 8, tensor_parallel=2), dynamic_rounds=1)
    values = {name.removeprefix("--"): " ".join(of) for name, of in found.items()}
    assert values["algo.advantage.estimator"] == "group_norm"
    assert (values["train.batch_size"], values["rollout.batch_size"]) == ("512", "64")
    assert (values["rollout.n_samples_per_prompt"], values["actor.adam.lr"]) == ("8", "5e-08")
    assert (values["data.max_len"], values["rollout.max_new_tokens"]) == ("32768", "31744")
    assert (values["train.num_episodes"], values["data.max_samples"]) == ("576", "10")
    assert (values["vllm.num_engines"], values["actor.num_nodes"]) == ("16", "4")
    assert float(values["actor.lr_warmup_ratio"]) == pytest.approx(10 / 90, abs=1e-6)
    assert (values["algo.dynamic_filtering_range"], values["train.colocate_all"]) == ("0 1", "")
    assert values["data.prompt_dataset"] == str(tmp_path / "rl")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"precision": "fp32"}, "on GPUs, in bf16"),
        ({"order": "easy_first"}, "cannot take them easy_first"),
        ({"zero": 0}, "zero has to be 1, 2 or 3"),
        ({"batch": 72}, "no multiple of 32 devices"),
    ],
)
def test_what_openrlhf_cannot_do_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadRecipe, match=said):
        rendered(tmp_path, Cluster(4, 8), **changes)


def test_flags_are_those_of_the_source() -> None:
    """Where OpenRLHF is installed, the list that the tests above go by is held against it."""
    if importlib.util.find_spec("openrlhf") is None:
        pytest.skip("needs openrlhf==0.11.2")
    spec = importlib.util.find_spec("openrlhf")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent / "cli" / "train_ppo_ray.py"
    assert flags_of(source.read_text()) == FLAGS


def test_command_writes_the_reward_that_openrlhf_loads(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs requirements/training.txt")
    problems = tiny.sums(50)
    tiny.prepared_model(tmp_path / "model", problems)
    tiny.rl_export(tmp_path / "rl", problems)
    recipe = changed(
        tmp_path, "one_gpu_grpo.yaml", model=str(tmp_path / "model"), data=str(tmp_path / "rl"),
        output=str(tmp_path / "out"), longest_completion=40,
        reward={"longest": 40, "free_up_to": 30, "wrong_up_to": 10},
    )  # fmt: skip
    command = [sys.executable, "-m", "training.openrlhf", str(recipe), "--devices", "1"]
    done = subprocess.run(
        command, cwd=FOLDER.parents[1], capture_output=True, text=True, check=True
    )
    words = shlex.split(done.stdout)
    assert words[:3] == ["ray", "job", "submit"]
    assert str(tmp_path / "rl" / "data.jsonl") in words
    path = words[words.index("--reward.remote_url") + 1]

    # As OpenRLHF loads it.
    spec = importlib.util.spec_from_file_location("reward_func", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    prompt = "<|im_start|>user<|im_sep|>1 + 2 =<|im_end|><|im_start|>assistant<|im_sep|>"
    end = "<|im_end|>"

    def rewarded(response: str) -> dict[str, Any]:
        found: dict[str, Any] = module.reward_func([prompt + response], [prompt], ["3"])
        return found

    right = rewarded(f"<think>1</think>\\boxed{{3}}{end}")
    assert right["rewards"] == pytest.approx(8 / 13)
    assert (right["scores"], right["extra_logs"]["correct"]) == (1.0, 1.0)
    assert rewarded("<think>1</think>\\boxed{3}")["scores"] == 0.0
    assert rewarded(f"\\boxed{{3}}{end}")["rewards"] == pytest.approx(-8 / 13)
    assert rewarded(f"<think>1</think>\\boxed{{4}}{end}")["rewards"] < 0

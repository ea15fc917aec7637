"""The same reinforcement learning by OpenRLHF on Ray, where a completion needs several devices.

    python -m training.openrlhf RECIPE.yaml --nodes 4 --devices 8

Prints the command that submits the job, and writes the reward beside the checkpoints. Flags are
those of OpenRLHF 0.11.2. It runs in an environment of its own, which needs Seedbed's code at the
same path on all nodes, and `math-verify`. OpenRLHF shuffles prompts by itself: curricula are
refused. Trainer and vLLM share all devices, wherever the recipe has its rollouts. TRL shards no
sequence in reinforcement learning, OpenRLHF does (`--ring`).
"""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Final, NamedTuple

from training.cost_model import length_of
from training.exports import BadExport, Export, open_export
from training.recipes import BadRecipe, GRPORecipe, read_recipe

REWARD_FILE: Final = "openrlhf_reward.py"
ROOT: Final = Path(__file__).parents[1]


class Cluster(NamedTuple):
    """Where Ray runs.

    Attributes:
        nodes: machines.
        devices: GPUs of each.
        address: where jobs are submitted.
        tensor_parallel: GPUs of one vLLM engine.
        ring: GPUs that share a sequence.
    """

    nodes: int = 1
    devices: int = 8
    address: str = "http://127.0.0.1:8265"
    tensor_parallel: int = 1
    ring: int = 1


def command_of(recipe: GRPORecipe, export: Export, cluster: Cluster) -> list[str]:
    """The command that submits the job.

    Raises:
        BadRecipe: OpenRLHF cannot do what the recipe asks for.
    """
    _refuse(recipe, cluster)
    environment = json.dumps({"env_vars": {"PYTHONPATH": str(ROOT)}})
    submit = ["ray", "job", "submit", "--address", cluster.address,
              "--runtime-env-json", environment, "--"]  # fmt: skip
    flags = {**_places(recipe, export), **_cluster(cluster), **_training(recipe),
             **_algorithm(recipe), **_steps(recipe, export)}  # fmt: skip
    return [*submit, "python3", "-m", "openrlhf.cli.train_ppo_ray", *_words(flags)]


Flags = dict[str, str | int | float | bool | tuple[str, ...]]


def _words(flags: Flags) -> list[str]:
    """Flags as words; a false one is left out."""
    found: list[str] = []
    for name, value in flags.items():
        if value is True:
            found.append(f"--{name}")
        elif value is not False:
            found += [f"--{name}", *(value if isinstance(value, tuple) else [str(value)])]
    return found


def _refuse(recipe: GRPORecipe, cluster: Cluster) -> None:
    if recipe.precision != "bf16":
        raise BadRecipe("OpenRLHF trains on GPUs, in bf16")
    if recipe.order != "given":
        raise BadRecipe(f"OpenRLHF shuffles prompts: it cannot take them {recipe.order}")
    if not recipe.zero:
        raise BadRecipe("OpenRLHF trains with DeepSpeed: zero has to be 1, 2 or 3")
    if cluster.nodes * cluster.devices % cluster.tensor_parallel:
        raise BadRecipe(
            f"{cluster.nodes * cluster.devices} devices cannot be shared out among engines of "
            f"{cluster.tensor_parallel}"
        )
    recipe.accumulation(cluster.nodes * cluster.devices // cluster.ring)


def _places(recipe: GRPORecipe, export: Export) -> Flags:
    # Of a version its folder, which tells its splits; of accepted seeds the one file.
    data = export.folder if export.is_version else export.folder / export.files[0].path
    output = recipe.output.absolute()
    return {
        "actor.model_name_or_path": recipe.model,
        "reward.remote_url": str(output / REWARD_FILE),
        "data.prompt_dataset": str(data.absolute()),
        "data.prompt_split": "train",
        "data.input_key": "prompt",
        "data.label_key": "ground_truth",
        "data.apply_chat_template": True,
        "ckpt.output_dir": str(output),
        "ckpt.path": str(output / "openrlhf"),
        "ckpt.load_enable": True,
        "ckpt.save_steps": recipe.save_every,
        "ckpt.max_num": recipe.keep,
        "logger.logging_steps": recipe.log_every,
        **({"logger.tensorboard_dir": str(output / "tensorboard")}
           if "tensorboard" in recipe.report_to else {}),
    }  # fmt: skip


def _cluster(cluster: Cluster) -> Flags:
    """All models on all devices; each sleeps while another works."""
    return {
        **{f"{name}.num_nodes": cluster.nodes for name in ("actor", "ref")},
        **{f"{name}.num_gpus_per_node": cluster.devices for name in ("actor", "ref")},
        "vllm.num_engines": cluster.nodes * cluster.devices // cluster.tensor_parallel,
        "vllm.tensor_parallel_size": cluster.tensor_parallel,
        "vllm.gpu_memory_utilization": 0.6,
        "train.colocate_all": True,
        "vllm.enable_sleep": True,
        "ds.enable_sleep": True,
        "ds.ring_attn_size": cluster.ring,
    }


def _training(recipe: GRPORecipe) -> Flags:
    return {
        "ds.zero_stage": recipe.zero,
        "ds.param_dtype": "bf16",
        "ds.attn_implementation": recipe.attention,
        "ds.packing_samples": recipe.attention.startswith("flash"),
        "ds.use_liger_kernel": recipe.liger,
        "actor.gradient_checkpointing_enable": recipe.checkpointing,
        "actor.adam.lr": recipe.learning_rate,
        "actor.adam.weight_decay": recipe.weight_decay,
        "actor.max_norm": recipe.clip,
        "actor.lr_scheduler": recipe.schedule,
        "actor.lr_warmup_ratio": round(recipe.warmup_steps / recipe.steps, 6),
        "train.batch_size": recipe.batch,
        "train.micro_batch_size": recipe.device_batch,
        "train.seed": recipe.random_seed,
    }


def _algorithm(recipe: GRPORecipe) -> Flags:
    dynamic: Flags = {
        "algo.dynamic_filtering_enable": True,
        "algo.dynamic_filtering_range": ("0", "1"),
    }
    return {
        "algo.advantage.estimator": "group_norm",
        "actor.loss_agg_mode": "seq-mean-token-mean" if recipe.loss == "grpo" else "token-mean",
        "algo.kl.use_loss": recipe.kl > 0,
        "algo.kl.estimator": "k3",
        "algo.kl.init_coef": recipe.kl,
        "actor.entropy_coef": recipe.entropy,
        "rollout.n_samples_per_prompt": recipe.group,
        "rollout.batch_size": recipe.batch // recipe.group,
        "rollout.micro_batch_size": recipe.device_batch,
        "rollout.temperature": recipe.temperature,
        "rollout.max_new_tokens": recipe.longest_completion,
        "data.max_len": length_of(recipe),
        **(dynamic if recipe.dynamic_rounds else {}),
    }


def _steps(recipe: GRPORecipe, export: Export) -> Flags:
    """OpenRLHF counts prompts and times through them, not steps."""
    manifest = export.manifest
    rows = manifest.get("splits", {}).get("train", {}).get("rows") or manifest["rows"]
    wanted = recipe.steps * recipe.batch // recipe.group
    return {"data.max_samples": min(wanted, rows), "train.num_episodes": -(-wanted // rows)}


def reward_file(recipe: GRPORecipe) -> str:
    """The program that OpenRLHF loads as its reward."""
    constants = recipe.reward.model_dump()
    return (
        '"""The reward of a recipe, as OpenRLHF calls it; written by training.openrlhf."""\n\n'
        "from training.openrlhf_reward import RewardFunction\n\n"
        f"reward_func = RewardFunction({recipe.model!r}, {constants!r})\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--nodes", type=int, default=1, help="Machines.")
    parser.add_argument("--devices", type=int, default=8, help="GPUs of each.")
    parser.add_argument("--address", default=Cluster().address, help="Of Ray's jobs.")
    parser.add_argument("--tensor-parallel", type=int, default=1, help="GPUs of a vLLM engine.")
    parser.add_argument("--ring", type=int, default=1, help="GPUs that share a sequence.")
    wanted = parser.parse_args()
    cluster = Cluster(
        wanted.nodes, wanted.devices, wanted.address, wanted.tensor_parallel, wanted.ring
    )
    try:
        recipe = read_recipe(wanted.recipe)
        if not isinstance(recipe, GRPORecipe):
            raise BadRecipe(f"{wanted.recipe} is a recipe for training.{recipe.kind}")
        command = command_of(recipe, open_export(recipe.data, "rl"), cluster)
    except (BadRecipe, BadExport) as error:
        sys.exit(str(error))
    recipe.output.mkdir(parents=True, exist_ok=True)
    (recipe.output / REWARD_FILE).write_text(reward_file(recipe), "utf-8")
    sys.stdout.write(shlex.join(command) + "\n")


if __name__ == "__main__":
    main()

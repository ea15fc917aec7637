"""What both trainers do before and after: processes, checkpoints, and what a checkpoint is of."""

import json
import os
from dataclasses import fields
from datetime import timedelta
from importlib.metadata import version
from typing import Any, Final

from training.exports import Export
from training.recipes import Recipe
from training.throughput import Throughput, device_name, peak_of
from training.trackers import stay_here
from training.zero import deepspeed_settings

LINEAGE: Final = "seedbed.json"
# By these an export of a mixture's version says which it is.
_VERSION: Final = ("format", "mixture")
_LIBRARIES: Final = ("torch", "transformers", "trl", "deepspeed", "accelerate")
# All wait while one process reads a large export, or while vLLM writes the longest completions.
# DeepSpeed's ten minutes are too short for both; whoever sets DEEPSPEED_TIMEOUT, in minutes, knows.
PATIENCE: Final = timedelta(hours=4)
_MOST_READERS: Final = 32


def join(recipe: Recipe) -> int:
    """Join the other processes of this run; how many there are.

    DeepSpeed has to have done so before the trainer's settings are made: else it and accelerate
    disagree on how many devices there are.
    """
    devices = int(os.environ.get("WORLD_SIZE", "1"))
    stay_here(recipe)
    if recipe.zero:
        import deepspeed

        on_cpu = recipe.precision == "fp32"
        if on_cpu:
            # It would be compiled on each machine, and who is killed meanwhile leaves a lock at
            # which all later trainings wait for ever. Gloo does without.
            deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
        deepspeed.init_distributed(dist_backend="gloo" if on_cpu else "nccl", timeout=patience())
    return devices


def patience() -> timedelta:
    """For how long processes wait for one another, before the run counts as broken."""
    minutes = os.environ.get("DEEPSPEED_TIMEOUT")
    return PATIENCE if minutes is None else timedelta(minutes=int(minutes))


def readers() -> int:
    """How many processes make tokens of an export: millions of rows take one of them hours."""
    return min(_MOST_READERS, os.cpu_count() or 1)


def leave() -> None:
    """Wait for the others, and part from them: a process that goes too early takes them with it."""
    import torch.distributed

    if torch.distributed.is_initialized():
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


def is_first() -> bool:
    """Whether this is the first of all processes."""
    return os.environ.get("RANK", "0") == "0"


def common_settings(recipe: Recipe, devices: int) -> dict[str, Any]:
    """The trainer's settings that both kinds share."""
    on_cpu = recipe.precision == "fp32"
    return {
        "output_dir": str(recipe.output),
        "max_steps": recipe.steps,
        "per_device_train_batch_size": recipe.device_batch,
        # As long as those of training: the library's eight would not fit.
        "per_device_eval_batch_size": recipe.device_batch,
        "gradient_accumulation_steps": recipe.accumulation(devices),
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": recipe.schedule,
        "warmup_steps": recipe.warmup_steps,
        "weight_decay": recipe.weight_decay,
        "max_grad_norm": recipe.clip,
        "optim": "adamw_torch" if on_cpu else "adamw_torch_fused",
        "use_cpu": on_cpu,
        "bf16": recipe.precision == "bf16",
        "fp16": False,
        _checkpointing(): recipe.checkpointing,
        "use_liger_kernel": recipe.liger,
        "deepspeed": deepspeed_settings(recipe),
        "save_strategy": "steps",
        "save_steps": recipe.save_every,
        "save_total_limit": recipe.keep,
        "logging_steps": recipe.log_every,
        # A loss that is no number is to be seen, not smoothed over.
        "logging_nan_inf_filter": False,
        "report_to": recipe.report_to,
        "seed": recipe.random_seed,
        "data_seed": recipe.random_seed,
        "disable_tqdm": True,
        "ddp_timeout": int(patience().total_seconds()),
        "model_init_kwargs": {
            "attn_implementation": recipe.attention,
            # Without DeepSpeed nobody keeps weights in 32 bits beside: small steps would be lost.
            "dtype": "float32" if on_cpu or not recipe.zero else "bfloat16",
        },
    }


def _checkpointing() -> str:
    """What the trainer calls it: vLLM wants a transformers of before the name was changed."""
    from transformers import TrainingArguments

    known = {field.name for field in fields(TrainingArguments)}
    new = "activation_checkpointing"
    return new if new in known else "gradient_checkpointing"


def throughput(trainer: Any, devices: int) -> Throughput:
    """What measures a trainer's speed, after its model's size and its device's name."""
    # Where weights are shared out among devices, DeepSpeed keeps how many they are in all.
    parameters = sum(getattr(one, "ds_numel", one.numel()) for one in trainer.model.parameters())
    return Throughput(parameters, devices, peak_of(device_name(trainer.args.device)))


def write_lineage(recipe: Recipe, export: Export, devices: int) -> None:
    """Say beside the checkpoints what they are made of: export, recipe, code, and on how many."""
    recipe.output.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {
        "recipe": recipe.model_dump(mode="json"),
        "export": {
            "folder": str(export.folder),
            "manifest_sha256": export.hash,
            "id": export.manifest.get("export"),
            "name": export.manifest.get("name"),
            **{name: export.manifest[name] for name in _VERSION if name in export.manifest},
        },
        "devices": devices,
        "versions": {name: _version(name) for name in ("seedbed", *_LIBRARIES)},
    }
    draft = recipe.output / f".{LINEAGE}.draft"
    draft.write_text(json.dumps(said, indent=2), "utf-8")
    draft.rename(recipe.output / LINEAGE)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except ModuleNotFoundError:
        return None

"""What both trainers do before and after: processes, checkpoints, and what a checkpoint is of."""

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from training.data import Export
from training.recipes import Recipe
from training.zero import deepspeed_settings

LINEAGE: Final = "seedbed.json"
_LIBRARIES: Final = ("torch", "transformers", "trl", "deepspeed", "accelerate")


def join(recipe: Recipe) -> int:
    """Join the other processes of this run; how many there are.

    DeepSpeed has to have done so before the trainer's settings are made: else it and accelerate
    disagree on how many devices there are.
    """
    devices = int(os.environ.get("WORLD_SIZE", "1"))
    if recipe.zero:
        import deepspeed

        deepspeed.init_distributed(dist_backend="gloo" if recipe.precision == "fp32" else "nccl")
    return devices


def common_settings(recipe: Recipe, devices: int) -> dict[str, Any]:
    """The trainer's settings that both kinds share."""
    on_cpu = recipe.precision == "fp32"
    return {
        "output_dir": str(recipe.output),
        "max_steps": recipe.steps,
        "per_device_train_batch_size": recipe.device_batch,
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
        "gradient_checkpointing": recipe.checkpointing,
        "use_liger_kernel": recipe.liger,
        "deepspeed": deepspeed_settings(recipe),
        "save_strategy": "steps",
        "save_steps": recipe.save_every,
        "save_total_limit": recipe.keep,
        "logging_steps": recipe.log_every,
        "report_to": recipe.report_to,
        "seed": recipe.random_seed,
        "data_seed": recipe.random_seed,
        "disable_tqdm": True,
        "model_init_kwargs": {
            "attn_implementation": recipe.attention,
            "dtype": "float32" if on_cpu else "bfloat16",
        },
    }


def last_checkpoint(folder: Path) -> str | None:
    """The newest whole checkpoint of an earlier attempt, to go on from."""
    from transformers.trainer_utils import get_last_checkpoint

    return get_last_checkpoint(str(folder)) if folder.is_dir() else None


def write_lineage(recipe: Recipe, export: Export) -> None:
    """Say beside the checkpoints what they are made of: export, recipe, code."""
    recipe.output.mkdir(parents=True, exist_ok=True)
    said = {
        "recipe": recipe.model_dump(mode="json"),
        "export": {
            "folder": str(export.folder),
            "manifest_sha256": export.hash,
            "id": export.manifest.get("export"),
            "name": export.manifest.get("name"),
        },
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

"""What the trainers are told by a recipe, on GPUs too: names and values, without a GPU."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.training.test_recipes import FOLDER, changed
from training import processes
from training.recipes import GRPORecipe, SFTRecipe, read_recipe

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")


def settings_of(name: str, devices: int = 32, **changes: Any) -> dict[str, Any]:
    recipe = read_recipe(FOLDER / name).model_copy(update=changes)
    return processes.common_settings(recipe, devices)


@pytest.mark.parametrize("name", ["phi4_sft.yaml", "phi4_grpo.yaml"])
def test_trainers_know_all_that_the_published_recipes_tell_them(name: str) -> None:
    from trl import GRPOConfig, SFTConfig

    from training.grpo import _rollouts

    recipe = read_recipe(FOLDER / name)
    # Here is no GPU, and only one process.
    here = {"use_cpu": True, "bf16": False, "optim": "adamw_torch", "deepspeed": None}
    told = {**processes.common_settings(recipe, 1), **here}
    if isinstance(recipe, SFTRecipe):
        read: Any = SFTConfig(**told, max_length=recipe.longest, packing=recipe.packing)
        assert read.gradient_accumulation_steps == 32
    else:
        assert isinstance(recipe, GRPORecipe)
        read = GRPOConfig(**told, **_rollouts(recipe))
        assert (read.generation_batch_size, read.num_generations) == (512, 8)
        assert (read.beta, read.entropy_coef, read.loss_type) == (1e-3, 1e-3, "grpo")
        assert read.vllm_max_model_length == 32_768
    assert (read.learning_rate, read.warmup_steps) == (recipe.learning_rate, recipe.warmup_steps)
    assert read.gradient_checkpointing


def test_rollouts_of_thousands_of_tokens_are_weighed_token_by_token() -> None:
    """The product of all ratios of a sequence is far from 1, whichever way the trainer rounds."""
    from training.grpo import _rollouts

    recipe = read_recipe(FOLDER / "phi4_grpo.yaml")
    assert isinstance(recipe, GRPORecipe)
    assert _rollouts(recipe)["vllm_importance_sampling_mode"] == "token_truncate"


def test_validation_takes_no_more_sequences_at_once_than_training() -> None:
    told = settings_of("phi4_sft.yaml")
    assert told["per_device_eval_batch_size"] == told["per_device_train_batch_size"] == 1


@pytest.mark.parametrize(
    ("zero", "dtype"), [(0, "float32"), (1, "bfloat16"), (2, "bfloat16"), (3, "bfloat16")]
)
def test_somebody_keeps_weights_in_32_bits(zero: int, dtype: str) -> None:
    """DeepSpeed's optimiser does; without it a step of 1e-5 would be rounded away in 16 bits."""
    told = settings_of("phi4_sft.yaml", zero=zero)
    assert told["model_init_kwargs"]["dtype"] == dtype
    assert told["bf16"]


def test_loss_that_is_no_number_is_not_smoothed_over() -> None:
    assert settings_of("phi4_sft.yaml")["logging_nan_inf_filter"] is False


def test_checkpointing_has_the_name_that_this_library_knows() -> None:
    from transformers import TrainingArguments

    known = {field.name for field in fields(TrainingArguments)}
    assert set(settings_of("phi4_sft.yaml")) - {"model_init_kwargs"} <= known


def test_processes_wait_for_one_that_reads_for_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import deepspeed

    asked: list[timedelta] = []
    monkeypatch.setattr(deepspeed, "init_distributed", lambda timeout, **_: asked.append(timeout))
    monkeypatch.delenv("DEEPSPEED_TIMEOUT", raising=False)
    recipe = read_recipe(changed(tmp_path, "tiny_sft.yaml"))
    processes.join(recipe)
    monkeypatch.setenv("DEEPSPEED_TIMEOUT", "7")
    processes.join(recipe)
    assert asked == [timedelta(hours=4), timedelta(minutes=7)]

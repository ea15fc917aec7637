"""DeepSpeed's settings, as the recipe needs them. Sizes of batches are left to the trainer."""

from typing import Any

from training.recipes import Recipe


def deepspeed_settings(recipe: Recipe) -> dict[str, Any] | None:
    """The settings for `--deepspeed`; None for stage 0, which does without it."""
    if recipe.zero == 0:
        return None
    return {
        "zero_optimization": {
            "stage": recipe.zero,
            # Gathering overlaps with computing where there is a device to compute on.
            "overlap_comm": recipe.precision != "fp32",
            "contiguous_gradients": True,
            "stage3_gather_16bit_weights_on_model_save": True,
        },
        "bf16": {"enabled": recipe.precision == "bf16"},
        "fp16": {"enabled": False},
        "communication_data_type": recipe.precision,
        "gradient_clipping": recipe.clip,
        # The trainer's own AdamW, so that stage 0 to 3 follow the same rule.
        "zero_allow_untested_optimizer": True,
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "gradient_accumulation_steps": "auto",
    }

"""Reinforcement learning of a recipe, with TRL's GRPOTrainer under DeepSpeed.

    deepspeed --num_gpus 8 --module training.grpo training/recipes/phi4_grpo.yaml
    python -m training.launch RECIPE.yaml        writes and runs such a command

A run whose output is there already goes on from its last checkpoint.
"""

from typing import Any

from datasets import Dataset
from transformers import AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

from training import processes
from training.callbacks import MetricsFile
from training.command import follow
from training.data import BadExport, Row, open_export, rl_rows
from training.recipes import GRPORecipe
from training.reward_functions import LengthAwareReward


def train(recipe: GRPORecipe) -> None:
    """Train, or go on training, until the recipe's steps are done.

    Raises:
        BadRecipe, BadExport: before the first step; the text says what to mend.
    """
    devices = processes.join(recipe)
    export = open_export(recipe.data, "rl")
    tokenizer = AutoTokenizer.from_pretrained(recipe.model, padding_side="left")
    rows, longer = _short_enough(rl_rows(export), tokenizer, recipe.longest_prompt)
    parts: dict[str, float] = {}
    trainer = _Trainer(
        parts,
        model=recipe.model,
        args=GRPOConfig(**processes.common_settings(recipe, devices), **_rollouts(recipe)),
        reward_funcs=LengthAwareReward(
            recipe.reward.constants(), recipe.group, tokenizer.eos_token_id, parts.update
        ),
        train_dataset=Dataset.from_list(
            [{"prompt": row["prompt"], "ground_truth": row["ground_truth"]} for row in rows]
        ),
        processing_class=tokenizer,
        callbacks=[MetricsFile(recipe.output)],
    )
    if trainer.is_world_process_zero():
        processes.write_lineage(recipe, export)
        print(f"{len(rows):,} prompts; {longer:,} left out as too long", flush=True)
    trainer.train(resume_from_checkpoint=processes.last_checkpoint(recipe.output))
    trainer.save_model(str(recipe.output))


class _Trainer(GRPOTrainer):
    """Logs the parts of the reward beside what TRL logs."""

    def __init__(self, parts: dict[str, float], **arguments: Any) -> None:
        self._parts = parts
        super().__init__(**arguments)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        super().log({**logs, **{f"reward/{name}": part for name, part in self._parts.items()}},
                    start_time)  # fmt: skip


def _rollouts(recipe: GRPORecipe) -> dict[str, Any]:
    settings = {
        "num_generations": recipe.group,
        "max_completion_length": recipe.longest_completion,
        "beta": recipe.kl,
        "entropy_coef": recipe.entropy,
        "temperature": recipe.temperature,
        "top_k": 0,
        "loss_type": recipe.loss,
        "scale_rewards": "group",
        # The reward itself says what being cut off costs.
        "mask_truncated_completions": False,
        "use_vllm": recipe.rollouts != "transformers",
    }
    if recipe.rollouts != "transformers":
        settings["vllm_mode"] = recipe.rollouts
    if recipe.server is not None:
        settings["vllm_server_host"] = recipe.server
    return settings


def _short_enough(rows: list[Row], tokenizer: Any, longest: int) -> tuple[list[Row], int]:
    """Rows whose prompt is short enough, and how many are not.

    Raises:
        BadExport: none is.
    """

    def length(row: Row) -> int:
        read = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True)
        return len(read["input_ids"])

    kept = [row for row in rows if length(row) <= longest]
    if not kept:
        raise BadExport(f"all {len(rows):,} prompts are longer than {longest:,} tokens")
    return kept, len(rows) - len(kept)


if __name__ == "__main__":
    follow(__doc__, GRPORecipe, train)

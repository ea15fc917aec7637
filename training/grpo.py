"""Reinforcement learning of a recipe, with TRL's GRPOTrainer under DeepSpeed.

    deepspeed --num_gpus 8 --module training.grpo training/recipes/phi4_grpo.yaml
    python -m training.launch RECIPE.yaml        writes and runs such a command

A run whose output is there already goes on from its last checkpoint.
"""

from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import AutoTokenizer
from trl import GRPOConfig

from training import processes
from training.callbacks import MetricsFile
from training.checkpoints import WholeCheckpoints, last_checkpoint
from training.command import follow
from training.cost_model import length_of
from training.data import rl_rows
from training.exports import BadExport, Row, open_export
from training.grpo_trainer import Trainer
from training.prompt_order import PromptOrder
from training.recipes import GRPORecipe
from training.reward_functions import LengthAwareReward, SampleWriter


def train(recipe: GRPORecipe) -> None:
    """Train, or go on training, until the recipe's steps are done.

    Raises:
        BadRecipe, BadExport: before the first step; the text says what to mend.
    """
    devices = processes.join(recipe)
    export = open_export(recipe.data, "rl", hashes=processes.is_first())
    tokenizer = AutoTokenizer.from_pretrained(recipe.model, padding_side="left")
    rows, longer = short_enough(rl_rows(export), tokenizer, recipe.longest_prompt)
    order = PromptOrder(rows, recipe.order, recipe.random_seed, is_ordered=export.is_version)
    trainer = build(recipe, order, tokenizer, devices)
    if trainer.is_world_process_zero():
        processes.write_lineage(recipe, export, devices)
        print(f"{len(rows):,} prompts; {longer:,} left out as too long", flush=True)
    checkpoint = last_checkpoint(recipe.output)
    trainer.go_on_from(checkpoint)
    trainer.train(resume_from_checkpoint=checkpoint)
    trainer.save_model(str(recipe.output))
    processes.leave()


def build(recipe: GRPORecipe, order: PromptOrder, tokenizer: Any, devices: int) -> Trainer:
    """The trainer of a recipe; its data set holds the prompts of all steps, in their order."""
    samples = SampleWriter(Path(recipe.output), recipe.samples, recipe.samples_every)
    settings = {**processes.common_settings(recipe, devices), **_rollouts(recipe)}
    trainer = Trainer(
        recipe.dynamic_rounds,
        order,
        LengthAwareReward(recipe.reward.constants(), tokenizer.eos_token_id, samples),
        model=recipe.model,
        args=GRPOConfig(**settings),
        train_dataset=Dataset.from_list(order.rows(0, recipe.steps * recipe.batch // recipe.group)),
        processing_class=tokenizer,
    )
    speed = processes.throughput(trainer, devices)
    trainer.add_callback(MetricsFile(recipe.output, speed, "trained_tokens"))
    trainer.add_callback(WholeCheckpoints(recipe.output))
    return trainer


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
        # The data set is in order already: see `training.prompt_order`.
        "shuffle_dataset": False,
        # The reward itself says what being cut off costs.
        "mask_truncated_completions": False,
        "use_vllm": recipe.rollouts != "transformers",
        # vLLM's probabilities differ a little from the trainer's. Token by token that is corrected
        # safely; TRL's ratio of whole sequences is far from 1 after thousands of tokens.
        "vllm_importance_sampling_mode": "token_truncate",
    }
    if recipe.rollouts != "transformers":
        settings["vllm_mode"] = recipe.rollouts
        settings["vllm_max_model_length"] = length_of(recipe)
    if recipe.server is not None:
        settings["vllm_server_host"] = recipe.server
    return settings


def short_enough(rows: list[Row], tokenizer: Any, longest: int) -> tuple[list[Row], int]:
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

"""Supervised fine-tuning of a recipe, with TRL's SFTTrainer under DeepSpeed.

    deepspeed --num_gpus 8 --module training.sft training/recipes/phi4_sft.yaml
    python -m training.launch RECIPE.yaml        writes and runs such a command

A run whose output is there already goes on from its last checkpoint.
"""

from typing import Any, NamedTuple

from datasets import Dataset
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

from training import processes
from training.callbacks import MetricsFile
from training.command import follow
from training.data import BadExport, Row, open_export, sft_rows
from training.recipes import SFTRecipe


class DataCheck(NamedTuple):
    """What the first batch shows, and how much of all is cut off.

    Attributes:
        examples: rows to train on.
        longer: rows with more tokens than a sequence may have: they are cut, and learn no end.
        loss_share: share of the first batch's tokens that carry loss.
        text: its first sequence, as the model reads it.
    """

    examples: int
    longer: int
    loss_share: float
    text: str


def train(recipe: SFTRecipe) -> None:
    """Train, or go on training, until the recipe's steps are done.

    Raises:
        BadRecipe, BadExport: before the first step; the text says what to mend.
    """
    devices = processes.join(recipe)
    export = open_export(recipe.data, "sft")
    rows, held_out = sft_rows(export, recipe.validation, recipe.random_seed)
    tokenizer = AutoTokenizer.from_pretrained(recipe.model)
    settings = SFTConfig(
        **processes.common_settings(recipe, devices),
        max_length=recipe.longest,
        packing=recipe.packing,
        assistant_only_loss=recipe.assistant_only,
        eval_strategy="steps" if held_out else "no",
        eval_steps=recipe.validate_every,
        **_parallel(recipe),
    )
    trainer = SFTTrainer(
        model=recipe.model,
        args=settings,
        train_dataset=_conversations(rows),
        eval_dataset=_conversations(held_out) if held_out else None,
        processing_class=tokenizer,
        callbacks=[MetricsFile(recipe.output)],
    )
    if trainer.is_world_process_zero():
        processes.write_lineage(recipe, export)
        _say(check(trainer, tokenizer, rows, recipe.longest))
    trainer.train(resume_from_checkpoint=processes.last_checkpoint(recipe.output))
    trainer.save_model(str(recipe.output))


def check(trainer: Any, tokenizer: Any, rows: list[Row], longest: int) -> DataCheck:
    """Look at the data as the model will see it.

    Raises:
        BadExport: no token of the first batch carries loss, so nothing would be learnt.
    """
    batch = next(iter(trainer.get_train_dataloader()))
    learnt = float((batch["labels"] != -100).float().mean())
    if not learnt:
        raise BadExport("no token of the first batch carries loss: does the chat template mark it?")
    lengths = (len(tokenizer.apply_chat_template(row["messages"])["input_ids"]) for row in rows)
    longer = sum(length > longest for length in lengths)
    return DataCheck(len(rows), longer, learnt, tokenizer.decode(batch["input_ids"][0])[:2000])


def _conversations(rows: list[Row]) -> Dataset:
    return Dataset.from_list([{"messages": row["messages"]} for row in rows])


def _parallel(recipe: SFTRecipe) -> dict[str, Any]:
    """Devices that share a sequence, by Ulysses: attention heads are shared out among them."""
    if recipe.sequence_parallel == 1:
        return {}
    from accelerate.utils import ParallelismConfig

    return {
        "parallelism_config": ParallelismConfig(
            sp_backend="deepspeed", sp_size=recipe.sequence_parallel
        )
    }


def _say(found: DataCheck) -> None:
    print(f"{found.text}\n", flush=True)
    print(
        f"{found.examples:,} examples, {found.longer:,} longer than a sequence; "
        f"{found.loss_share:.0%} of the first batch's tokens carry loss",
        flush=True,
    )


if __name__ == "__main__":
    follow(__doc__, SFTRecipe, train)

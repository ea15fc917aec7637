"""Supervised fine-tuning of a recipe, with TRL's SFTTrainer under DeepSpeed.

    deepspeed --num_gpus 8 --module training.sft training/recipes/phi4_sft.yaml
    python -m training.launch RECIPE.yaml        writes and runs such a command

A run whose output is there already goes on from its last checkpoint.
"""

from itertools import islice
from typing import Any, Final, NamedTuple

from datasets import Dataset
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

from training import processes
from training.callbacks import HeldOutSamples, MetricsFile
from training.checkpoints import WholeCheckpoints, last_checkpoint
from training.command import follow
from training.data import Split, conversations
from training.exports import BadExport, Export, open_export
from training.recipes import SFTRecipe
from training.sequence_parallel import SharingTrainer, parallel_settings

# Enough to tell a share of long ones to a percent.
LOOKED_AT: Final = 2000


class DataCheck(NamedTuple):
    """What the first batch shows, and how much of all is cut off.

    Attributes:
        examples: rows to train on.
        looked_at: how many of them, at even distances, were looked at for their length.
        longer: those of them with more tokens than a sequence may have: they are cut, and learn no
            end.
        loss_share: share of the first batch's tokens that carry loss.
        text: its first sequence, as the model reads it.
    """

    examples: int
    looked_at: int
    longer: int
    loss_share: float
    text: str


def train(recipe: SFTRecipe) -> None:
    """Train, or go on training, until the recipe's steps are done.

    Raises:
        BadRecipe, BadExport: before the first step; the text says what to mend.
    """
    devices = processes.join(recipe)
    export = open_export(recipe.data, "sft", hashes=processes.is_first())
    trainer, rows = build(recipe, export, devices)
    if trainer.is_world_process_zero():
        processes.write_lineage(recipe, export, devices)
        _say(check(trainer, rows, recipe.longest))
    trainer.train(resume_from_checkpoint=last_checkpoint(recipe.output))
    trainer.save_model(str(recipe.output))
    processes.leave()


def build(recipe: SFTRecipe, export: Export, devices: int) -> tuple[SFTTrainer, Dataset]:
    """The trainer of a recipe, and the conversations that it trains on in their order."""
    split = Split(export, recipe.validation, recipe.random_seed)
    settings = SFTConfig(
        **processes.common_settings(recipe, devices),
        max_length=recipe.longest,
        packing=recipe.packing,
        dataset_num_proc=None if recipe.precision == "fp32" else processes.readers(),
        assistant_only_loss=recipe.assistant_only,
        # A mixture's version has said where each row stands: steps take rows as they come.
        train_sampling_strategy="sequential" if export.is_version else "random",
        eval_strategy="steps" if split.holds_out else "no",
        eval_steps=recipe.validate_every,
        **parallel_settings(recipe, devices),
    )
    with settings.main_process_first(local=False):
        rows = conversations(split, "train")
        held_out = conversations(split, "validation") if split.holds_out else None
    kind = SFTTrainer if recipe.sharing == 1 else SharingTrainer
    trainer = kind(
        model=recipe.model,
        args=settings,
        train_dataset=rows,
        eval_dataset=held_out,
        processing_class=AutoTokenizer.from_pretrained(recipe.model),
    )
    speed = processes.throughput(trainer, devices)
    trainer.add_callback(MetricsFile(recipe.output, speed, "num_tokens"))
    trainer.add_callback(WholeCheckpoints(recipe.output))
    if recipe.samples and held_out is not None:
        asked = [row["messages"][:-1] for row in islice(held_out, recipe.samples)]
        trainer.add_callback(HeldOutSamples(trainer, asked, recipe.sample_tokens))
    return trainer, rows


def check(trainer: Any, rows: Dataset, longest: int) -> DataCheck:
    """Look at the data as the model will see it.

    Raises:
        BadExport: no token of the first batch carries loss, so nothing would be learnt.
    """
    tokenizer = trainer.processing_class
    batch = next(iter(trainer.get_train_dataloader()))
    learnt = float((batch["labels"] != -100).float().mean())
    if not learnt:
        raise BadExport("no token of the first batch carries loss: does the chat template mark it?")
    looked_at = rows.select(range(0, len(rows), -(-len(rows) // LOOKED_AT)))
    lengths = (
        len(tokenizer.apply_chat_template(row["messages"])["input_ids"]) for row in looked_at
    )
    longer = sum(length > longest for length in lengths)
    text = tokenizer.decode(batch["input_ids"][0])[:2000]
    return DataCheck(len(rows), len(looked_at), longer, learnt, text)


def _say(found: DataCheck) -> None:
    print(f"{found.text}\n", flush=True)
    print(
        f"{found.examples:,} examples; of {found.looked_at:,} looked at {found.longer:,} longer "
        f"than a sequence; {found.loss_share:.0%} of the first batch's tokens carry loss",
        flush=True,
    )


if __name__ == "__main__":
    follow(__doc__, SFTRecipe, train)

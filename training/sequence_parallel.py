"""Fine-tuning where several devices share a sequence: DeepSpeed's Ulysses, as TRL lacks it.

Attention heads are shared out among them, and a sequence's tokens everywhere else. A batch of each
device is taken by all of them together, one after the other. Three things are added: batches hold
nothing that cannot be cut by tokens, each time through the data begins at its own beginning, and a
run that is gone on with skips what it has seen.
"""

import copy
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from accelerate import skip_first_batches
from accelerate.utils import DeepSpeedSequenceParallelConfig, ParallelismConfig
from transformers import trainer as transformers_trainer
from trl import SFTTrainer

from training.recipes import SFTRecipe

Batch = dict[str, Any]


def parallel_settings(recipe: SFTRecipe, devices: int) -> dict[str, Any]:
    """What the trainer's settings have beside where devices share sequences."""
    if recipe.sharing == 1:
        return {}
    return {
        "pad_to_multiple_of": recipe.sharing,
        "parallelism_config": ParallelismConfig(
            sp_backend="deepspeed",
            sp_size=recipe.sharing,
            # DeepSpeed reckons its batch from it.
            dp_shard_size=devices // recipe.sharing,
            sp_handler=DeepSpeedSequenceParallelConfig(sp_attn_implementation=recipe.attention),
        ),
    }


class SharingTrainer(SFTTrainer):
    """An SFTTrainer whose devices share sequences, where its settings say so."""

    data_collator: Any

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.data_collator = Cuttable(self.data_collator)
        # Where a kernel from elsewhere stands in for one that is not installed, it has its name.
        handler = self.accelerator.parallelism_config.sp_handler
        handler.sp_attn_implementation = self.model.config._attn_implementation

    def _run_epoch(self, **given: Any) -> None:
        loader = _begun(given["train_dataloader"], given["epoch"])
        with _skipping():
            super()._run_epoch(**{**given, "train_dataloader": loader})


class Cuttable:
    """A collator, of whose batches only that is kept which is cut by tokens.

    Where a packed example begins is told by its positions too: the numbers at which sequences begin
    would be cut like tokens.
    """

    def __init__(self, collate: Callable[[Sequence[Any]], Batch]) -> None:
        self._collate = collate

    def __call__(self, examples: Sequence[Any]) -> Batch:
        batch = self._collate(examples)
        return {name: batch[name] for name in ("input_ids", "labels", "position_ids")}


@contextmanager
def _skipping() -> Iterator[None]:
    """Have transformers skip batches of DeepSpeed's loader, of which it knows nothing."""
    its_own = transformers_trainer.skip_first_batches
    transformers_trainer.skip_first_batches = _without_first
    try:
        yield
    finally:
        transformers_trainer.skip_first_batches = its_own


def _begun(loader: Any, epoch: int) -> Any:
    """DeepSpeed's loader at the beginning of a time through the data: it knows no times itself."""
    loader.dl.set_epoch(epoch)
    return _over(loader, loader.dl)


def _without_first(loader: Any, count: int) -> Any:
    """DeepSpeed's loader without so many of its first batches."""
    whole, rest = divmod(count, loader.sp_world_size)
    found = _over(loader, skip_first_batches(loader.dl, whole))
    for _ in range(rest):
        next(found)
    return found


def _over(loader: Any, inner: Any) -> Any:
    found = copy.copy(loader)
    found.dl, found.iter, found.micro_batches = inner, iter(inner), deque()
    return found

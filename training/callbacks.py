"""What the trainers call while they go on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from trl.models.utils import unwrap_model_for_generation

from training.gpu_use import gpu_use
from training.metrics import append_metrics
from training.samples import append_samples, greedy
from training.throughput import Throughput


class MetricsFile(TrainerCallback):
    """Appends to the run's file of metrics, on the first process only.

    Args:
        folder: of the run.
        throughput: what measures its speed.
        counted_as: under which name the trainer logs the tokens so far.
    """

    def __init__(self, folder: Path, throughput: Throughput, counted_as: str) -> None:
        self._folder, self._throughput, self._counted_as = folder, throughput, counted_as

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if not (state.is_world_process_zero and logs):
            return
        if "loss" in logs and logs.get(self._counted_as) is not None:
            logs = {**logs, **self._throughput.measured(logs[self._counted_as]), **gpu_use()}
        append_metrics(self._folder, state.global_step, logs)


class HeldOutSamples(TrainerCallback):
    """Writes what the model answers to a few held-out prompts, at each validation.

    All processes gather the weights, where they are shared out; the first one writes.

    Args:
        trainer: whose model it is.
        prompts: conversations that end with a user.
        longest: tokens of a completion.
    """

    def __init__(
        self, trainer: Any, prompts: Sequence[Sequence[dict[str, str]]], longest: int
    ) -> None:
        self._trainer, self._prompts, self._longest = trainer, prompts, longest

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        trainer = self._trainer
        with unwrap_model_for_generation(trainer.model_wrapped, trainer.accelerator) as model:
            if state.is_world_process_zero:
                was_training = model.training
                model.eval()
                found = greedy(model, trainer.processing_class, self._prompts, self._longest)
                model.train(was_training)
                append_samples(Path(args.output_dir), state.global_step, found)
        # Others are not to run ahead into the next step's exchange while this one still writes.
        trainer.accelerator.wait_for_everyone()

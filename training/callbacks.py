"""What the trainers call while they go on."""

from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from training.metrics import append_metrics


class MetricsFile(TrainerCallback):
    """Appends to the run's file of metrics, on the first process only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if state.is_world_process_zero and logs:
            append_metrics(self._folder, state.global_step, logs)

"""Which checkpoints are whole: a run may be killed while it writes one, by any of its processes."""

from pathlib import Path
from typing import Any, Final

from transformers import TrainerCallback

# The last file of a checkpoint, made when every process has written its part.
WHOLE: Final = ".whole"


class WholeCheckpoints(TrainerCallback):
    """Marks each checkpoint of a run as whole, after all processes have written theirs.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        import torch.distributed

        if torch.distributed.is_initialized():
            torch.distributed.barrier()
        if state.is_world_process_zero:
            (self._folder / f"checkpoint-{state.global_step}" / WHOLE).touch()


def last_checkpoint(folder: Path) -> str | None:
    """The newest whole checkpoint of an earlier attempt, to go on from; else none."""
    whole = [mark.parent for mark in folder.glob(f"checkpoint-*/{WHOLE}")]
    newest = max(whole, key=lambda one: int(one.name.rpartition("-")[2]), default=None)
    return None if newest is None else str(newest)

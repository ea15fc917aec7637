"""Where the files of training runs lie."""

import re
from pathlib import Path
from typing import Final

from backend.config import settings
from backend.training_runs.tables import TrainingRun

LOG: Final = "train.log"
# A checkpoint has this file when all processes of its run have written their part of it.
WHOLE: Final = ".whole"
METRICS: Final = "metrics.jsonl"
SAMPLES: Final = "samples.jsonl"
FAILURE: Final = "failure.json"
LINEAGE: Final = "seedbed.json"


def slug_of(name: str) -> str:
    """A name as part of a folder's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "run"


def folder_of(run: TrainingRun) -> Path:
    """The run's folder: its recipe, what training writes, and what launchers keep."""
    return home() / "training" / run.folder


def attempt_folder(run: TrainingRun, number: int) -> Path:
    """What the launcher keeps of an attempt; of the first one, the run's folder.

    So a further attempt finds nothing of those before, and is itself begun once.
    """
    folder = folder_of(run)
    return folder if number == 1 else folder / f"attempt-{number}"


def output_of(run: TrainingRun) -> Path:
    """Where training writes: metrics, samples, checkpoints, and the model at the end."""
    return folder_of(run) / "output"


def log_of(run: TrainingRun) -> Path:
    """What the processes of its last attempt print; Slurm keeps it in a file of its own."""
    name = (run.handle or {}).get("log")
    return attempt_folder(run, run.attempt) / LOG if name is None else folder_of(run) / str(name)


def whole_checkpoints(output: Path) -> dict[int, Path]:
    """Folders of checkpoints by step: a run may be killed while it writes one."""
    found = {}
    for folder in output.glob("checkpoint-*"):
        number = folder.name.rpartition("-")[2]
        if number.isdigit() and (folder / WHOLE).is_file():
            found[int(number)] = folder
    return found


def last_saved_step(run: TrainingRun) -> int:
    """The step of its newest whole checkpoint, from which a further attempt goes on; 0 for none."""
    return max(whole_checkpoints(output_of(run)), default=0)


def export_folder(folder: str) -> Path:
    """An export's folder, from its name."""
    return home() / "exports" / folder


def home() -> Path:
    """The home folder, from the root on: training runs from elsewhere."""
    return settings().home.resolve()

"""Where metrics go beside `metrics.jsonl`: TensorBoard, MLflow, Weights & Biases.

Each is told to stay on this machine, in the run's folder, unless its own variables say otherwise:
nothing of a run leaves without being asked to.
"""

import os
from pathlib import Path

from training.recipes import Recipe


def stay_here(recipe: Recipe) -> None:
    """Set the trackers' variables that are not set; before the trainer's settings are made."""
    output = Path(recipe.output).absolute()
    defaults = {
        "tensorboard": {"TENSORBOARD_LOGGING_DIR": str(output / "tensorboard")},
        "mlflow": {
            "MLFLOW_TRACKING_URI": (output / "mlflow").as_uri(),
            "MLFLOW_EXPERIMENT_NAME": "seedbed",
            # The library keeps files for runs of one machine, and asks to be told so.
            "MLFLOW_ALLOW_FILE_STORE": "true",
        },
        "wandb": {
            "WANDB_MODE": "offline", "WANDB_DIR": str(output), "WANDB_PROJECT": "seedbed",
        },
    }  # fmt: skip
    for tracker in recipe.report_to:
        for name, value in defaults[tracker].items():
            os.environ.setdefault(name, value)

"""Pure: training runs and checkpoints as people read them."""

import shlex
from typing import Any, Final, NamedTuple

from dashboard.rows.training import Checkpoint, TrainingRun
from dashboard.wording import plural

OVER: Final = ("finished", "failed", "cancelled")
KINDS: Final = {"sft": "SFT", "grpo": "GRPO"}
LAYOUT_OF: Final = {"sft": "sft", "grpo": "rl"}
FORMAT_OF: Final = {"sft": "trl-sft", "grpo": "trl-grpo"}
PLACES: Final = {
    "local": "A worker's own machine",
    "hosts": "Hosts reached by SSH",
    "slurm": "Slurm",
    "kubernetes": "Kubernetes",
}
STATES: Final = {
    "pending": "waiting",
    "checking": "being checked",
    "starting": "starting",
    "running": "running",
    "finished": "finished",
    "failed": "failed",
    "cancelled": "cancelled",
}


class Cause(NamedTuple):
    """Why a run failed, in words, and what to do about it."""

    title: str
    advice: str


CAUSES: Final = {
    "export": Cause(
        "Its export failed",
        "See on the export's page why, and export again.",
    ),
    "preflight": Cause(
        "The checks before the start found an error",
        "Mend what the checks name, and go on with it; or start one with another recipe.",
    ),
    "launch": Cause(
        "It could not be started",
        "See whether the worker's machine has the training environment, and reaches the target.",
    ),
    "out_of_memory": Cause(
        "A device ran out of memory",
        "Take fewer sequences at once on each device (device_batch), shorter sequences, a higher "
        "stage of ZeRO, gradient checkpointing, or more devices.",
    ),
    "communication": Cause(
        "The processes lost one another",
        "See whether a host went down or is hard to reach, and go on from the last checkpoint.",
    ),
    "bad_row": Cause(
        "A row of the export cannot be trained on",
        "Mend or reject its seed, export again, and train on that.",
    ),
    "bad_data": Cause(
        "The export cannot be trained on",
        "See whether the export is whole, of the right layout, and short enough for the recipe.",
    ),
    "disk": Cause(
        "The disk is full or cannot be written",
        "Make room, and go on from the last checkpoint; or start one that keeps fewer (keep).",
    ),
    "time_limit": Cause(
        "Its time was up",
        "Go on from the last checkpoint, which gives it as many hours again.",
    ),
    "killed": Cause(
        "It was killed from outside",
        "See who ended it: the system for want of memory, the cluster, or somebody by hand.",
    ),
    "lost": Cause(
        "Nobody knows what became of it",
        "Its process is gone without a word. See the log, and whether its machine was restarted.",
    ),
    "other": Cause("It ended with an error", "The last lines of its log say which."),
}


def state_words(run: TrainingRun) -> str:
    """The state; one that was asked to end and still has processes is cancelling."""
    if run["cancel_asked_at"] is not None and run["state"] not in OVER:
        return "cancelling"
    return STATES.get(run["state"], run["state"])


def resume_words(step: int) -> str:
    """What the button says that goes on with a run."""
    return f"Go on from step {step:,}" if step else "Begin anew"


def begun_words(step: int | None) -> str:
    """From where an attempt began."""
    if step is None:
        return "not begun yet"
    return f"from step {step:,}" if step else "anew, without a checkpoint"


def target_words(target: dict[str, Any]) -> str:
    """Where a run trains."""
    nodes, devices = target.get("nodes", 1), target.get("devices", 1)
    size = plural(devices, "device")
    if nodes > 1:
        size = f"{plural(nodes, 'node')} with {size} each"
    return f"{PLACES.get(target['where'], target['where'])}, {size}"


def main_value(run: TrainingRun) -> str:
    """The last reward, or else the last loss."""
    return main_metric(run["kind"], run["latest"])


def main_metric(kind: str, values: dict[str, dict[str, float | None]]) -> str:
    """The reward of reinforcement learning, the loss of all else; a dash for neither."""
    train, validation = values.get("train", {}), values.get("validation", {})
    reward, loss, held_out = train.get("reward"), train.get("loss"), validation.get("eval_loss")
    if kind == "grpo" and reward is not None:
        return f"reward {reward:.3f}"
    parts = [f"loss {loss:.3f}"] if loss is not None else []
    if held_out is not None:
        parts.append(f"validation {held_out:.3f}")
    return ", ".join(parts) or "–"


def size_words(count: float) -> str:
    """Bytes in the unit that fits."""
    for size, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return plural(round(count), "byte")


def serve_command(checkpoint: Checkpoint) -> str:
    """The command by which vLLM serves a checkpoint."""
    name = f"seedbed-{checkpoint['id']}"
    words = ["vllm", "serve", checkpoint["path"], "--served-model-name", name]
    return shlex.join(words)


def manifest_of(run: TrainingRun) -> str | None:
    """Where the manifest of a run on Kubernetes lies, once there is one."""
    found = (run["handle"] or {}).get("manifest")
    return None if found is None else f"{run['path']}/{found}"


def split_thinking(text: str) -> tuple[str, str]:
    """What a completion thinks, and what it answers; all of one that never ends is thinking."""
    opened = text.lstrip().startswith("<think>")
    before, end, after = text.partition("</think>")
    if not end and not opened:
        return "", text.strip()
    thinking = before.strip().removeprefix("<think>").strip()
    return thinking, after.strip()

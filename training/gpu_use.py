"""What the GPUs of this machine are, and do while a run goes on: `nvidia-smi` is asked."""

import os
import subprocess
from statistics import mean

_DOING = ("utilization.gpu", "memory.used", "memory.total", "power.draw")


def ask_cards(*fields: str, only: str | None = None) -> list[list[str]]:
    """The fields of each card, as `nvidia-smi --help-query-gpu` names them.

    Args:
        fields: their names.
        only: numbers or names of cards, with commas between; all where there are none.

    Returns:
        a row a card; none where there is no `nvidia-smi`, or it fails.
    """
    which = [f"--id={only}"] if only else []
    ask = ["nvidia-smi", *which, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    # Names of cards have no commas.
    return [
        [part.strip() for part in line.split(",")] for line in said.splitlines() if line.strip()
    ]


def gpu_use() -> dict[str, float]:
    """What our GPUs of this machine do at this moment; nothing where there are none.

    Ours are those that CUDA shows us, as DeepSpeed tells it: others may be another run's.

    Returns:
        `gpu/utilisation`, the mean share of time that they compute; `gpu/memory_share`, of the
        fullest one; `gpu/watts`, of all together. What a card does not tell is left out.
    """
    ours = os.environ.get("CUDA_VISIBLE_DEVICES")
    cards = [[_number(part) for part in card] for card in ask_cards(*_DOING, only=ours)]
    busy = [card[0] / 100 for card in cards if card[0] is not None]
    full = [card[1] / card[2] for card in cards if card[1] is not None and card[2]]
    watts = [card[3] for card in cards if card[3] is not None]
    told = {
        "gpu/utilisation": mean(busy) if busy else None,
        "gpu/memory_share": max(full, default=None),
        "gpu/watts": sum(watts) if watts else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _number(part: str) -> float | None:
    try:
        return float(part)
    except ValueError:  # such as [N/A]
        return None

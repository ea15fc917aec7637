"""The GPUs of this machine that training may use."""

import os
import subprocess
from typing import Final

_ASK: Final = ("nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader")
_SECONDS: Final = 30.0


def gpus_here() -> list[int]:
    """Their numbers, as `nvidia-smi` gives them; none where there is none, or it fails.

    Where our own CUDA_VISIBLE_DEVICES is set, by number or name, the rest is left to others.
    """
    try:
        said = subprocess.run(_ASK, capture_output=True, text=True, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return []
    lines = [line.split(",") for line in said.stdout.splitlines() if line.strip()]
    cards = {int(index): uuid.strip() for index, uuid in lines}
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return sorted(cards)
    named = {word.strip() for word in visible.split(",")}
    return sorted(number for number, uuid in cards.items() if named & {str(number), uuid})

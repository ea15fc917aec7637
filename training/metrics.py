"""What a run says of itself while it goes on: a line of JSON for each step that is logged.

Whoever follows a run reads `metrics.jsonl` from where he left off; lines are written whole.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

METRICS: Final = "metrics.jsonl"


def append_metrics(folder: Path, step: int, logs: Mapping[str, Any]) -> None:
    """Add the numbers of what was logged at a step."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: float(value) for name, value in logs.items() if isinstance(value, int | float)}
    line = {"step": step, "time": round(time.time(), 3), **numbers}
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read_metrics(folder: Path) -> list[dict[str, float]]:
    """All lines; of a step that was logged twice, as after a resumed run, the last one."""
    path = folder / METRICS
    if not path.is_file():
        return []
    by_key: dict[tuple[float, bool, bool], dict[str, float]] = {}
    for line in path.read_text("utf-8").splitlines():
        found = json.loads(line)
        # Training, validation and the summary at the end each have a line of their own.
        by_key[found["step"], "loss" in found, "eval_loss" in found] = found
    return sorted(by_key.values(), key=lambda found: found["step"])

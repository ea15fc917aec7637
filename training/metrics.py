"""What a run says of itself while it goes on: a line of JSON for each step that is logged.

Whoever follows a run reads `metrics.jsonl` from where he left off; lines are written whole.
"""

import json
import math
import time
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

METRICS: Final = "metrics.jsonl"


def append_metrics(folder: Path, step: int, logs: Mapping[str, Any]) -> None:
    """Add the numbers of what was logged at a step.

    What could not be measured, and what is infinite or no number, is null.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {
        name: None if value is None or not math.isfinite(value) else float(value)
        for name, value in logs.items()
        if value is None or isinstance(value, int | float)
    }
    line = {"step": step, "time": round(time.time(), 3), **numbers}
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """All lines; of a step that was logged twice, as after a resumed run, the last one."""
    path = folder / METRICS
    if not path.is_file():
        return []
    by_key: dict[tuple[float, bool, bool], dict[str, Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        found = json.loads(line)
        # Training, validation and the summary at the end each have a line of their own.
        by_key[found["step"], "loss" in found, "eval_loss" in found] = found
    return sorted(by_key.values(), key=itemgetter("step"))

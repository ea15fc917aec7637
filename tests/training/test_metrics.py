"""The file of metrics: as it is appended to, and read."""

import json
import math
from pathlib import Path

from training.metrics import METRICS, append_metrics, read_metrics


def test_step_that_a_resumed_run_logged_again_counts_once(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "none") == []
    folder = tmp_path / "run"
    for step, logs in ((1, {"loss": 3.0}), (2, {"loss": 2.0}), (2, {"eval_loss": 2.5}),
                       (2, {"loss": 2.0, "note": "again"}), (3, {"loss": 1.0}),
                       (3, {"train_runtime": 9})):  # fmt: skip
        append_metrics(folder, step, logs)
    rows = read_metrics(folder)
    assert [row["step"] for row in rows] == [1, 2, 2, 3, 3]
    assert [row.get("loss") for row in rows] == [3.0, 2.0, None, 1.0, None]
    assert "note" not in rows[1]


def test_what_is_no_number_is_null_and_the_line_can_be_read_by_anyone(tmp_path: Path) -> None:
    append_metrics(tmp_path, 1, {"loss": math.nan, "grad_norm": math.inf, "lr": 1.0})
    [line] = (tmp_path / METRICS).read_text().splitlines()

    def refused(word: str) -> None:
        raise AssertionError(word)

    read = json.loads(line, parse_constant=refused)
    assert (read["loss"], read["grad_norm"], read["lr"]) == (None, None, 1.0)

"""What a failed run is said to have failed by, from what is left of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from workers.launchers import Look
from workers.training_failures import failure_of


def _failure(folder: Path, log: str, look: Look, said: Any = None) -> Any:
    (folder / "train.log").write_text(log)
    if said is not None:
        (folder / "failure.json").write_text(said if isinstance(said, str) else json.dumps(said))
    return failure_of(folder, folder / "train.log", look)


@pytest.mark.parametrize(
    ("line", "code", "cause"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", 1, "out_of_memory"),
        ("ncclSystemError: System call failed. Last error: socketPollConnect", 1, "communication"),
        ("[Rank 3] Watchdog caught collective operation timeout: WorkNCCL(…", 1, "communication"),
        ("OSError: [Errno 28] No space left on device", 1, "disk"),
        ("[ERROR] [launch.py] ['python', …] exits with return code = -9", 247, "out_of_memory"),
        ("anything", -9, "out_of_memory"),
        ("anything", 137, "out_of_memory"),
        ("ValueError: no", 1, "other"),
    ],
)
def test_log_and_exit_code_name_the_cause(tmp_path: Path, line: str, code: int, cause: str) -> None:
    found = _failure(tmp_path, f"it begins\n{line}\n", Look("ended", code))
    assert found.cause == cause
    assert found.details["exit_code"] == code
    assert found.details["last_lines"] == ["it begins", line]


def test_what_training_says_itself_comes_first(tmp_path: Path) -> None:
    said = {"cause": "bad_row", "message": "row 9: \u0000 no prompt", "seed_id": 4, "row": 9}
    found = _failure(tmp_path, "CUDA out of memory\n", Look("ended", 1), said)
    assert (found.cause, found.message) == ("bad_row", "row 9: \ufffd no prompt")
    assert (found.details["seed_id"], found.details["row"]) == (4, 9)


@pytest.mark.parametrize("said", ["{", "[]", '{"seed_id": true, "row": -1}', '{"row": "9"}'])
def test_words_that_cannot_be_read_name_no_seed(tmp_path: Path, said: str) -> None:
    found = _failure(tmp_path, "ValueError: no\n", Look("ended", 1), said)
    assert found.details.get("seed_id") is None
    assert found.details.get("row") is None


def test_run_that_is_lost_says_so(tmp_path: Path) -> None:
    found = _failure(tmp_path, "step 3\n", Look("ended", lost=True))
    assert found.cause == "lost"
    assert "did not say how it ended" in found.message


def test_log_cannot_steer_a_terminal(tmp_path: Path) -> None:
    found = _failure(tmp_path, "\x1b[31mred\x1b]0;title\x07\n", Look("ended", 1))
    assert found.details["last_lines"] == ["[31mred]0;title"]


def test_bars_do_not_push_out_what_a_run_said(tmp_path: Path) -> None:
    bar = "Map:  45%|###  | 450/1000 [00:01<00:01, 400.00 examples/s]"
    log = "ValueError: no\n" + f"\r{bar}" * 2000 + "\n" + f"{bar}\n" * 50
    found = _failure(tmp_path, log, Look("ended", 1))
    assert found.details["last_lines"] == ["ValueError: no"]
    assert found.message == "training ended with status 1: ValueError: no"

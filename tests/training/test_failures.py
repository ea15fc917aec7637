"""Why runs end: what errors are taken for, and that the first one is kept."""

import errno
import json
from pathlib import Path

import pytest

from training.exports import BadExport, BadRow
from training.failures import FAILURE, cause_of, forget_failure, write_failure
from training.on_host import HOST


class OutOfMemoryError(RuntimeError):
    """Named as torch names its own."""


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OutOfMemoryError("CUDA"), "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "out_of_memory"),
        (ValueError("No available memory for the cache blocks. Try increasing"), "out_of_memory"),
        (RuntimeError("NCCL error in: ProcessGroupNCCL.cpp"), "communication"),
        (RuntimeError("[gloo] Connection closed by peer [127.0.0.1]:1"), "communication"),
        (ConnectionResetError("gone"), "communication"),
        (OSError(errno.ENOSPC, "full"), "disk"),
        (RuntimeError("PytorchStreamWriter failed: file write failed"), "disk"),
        (BadExport("changed"), "bad_data"),
        (BadRow("no text", 7, 3), "bad_row"),
        (KeyError("what"), "other"),
    ],
)
def test_errors_are_told_apart(error: Exception, cause: str) -> None:
    assert cause_of(error)[0] == cause


def test_error_that_a_library_wraps_is_seen_through() -> None:
    wrapped = RuntimeError("An error occurred while generating the dataset")
    wrapped.__cause__ = BadRow("row 3 (seed 7): messages is missing", 7, 3)
    assert cause_of(wrapped) == ("bad_row", wrapped.__cause__)


def test_first_failure_is_kept_and_the_next_start_forgets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    monkeypatch.setenv(HOST, "worker-2")
    write_failure(folder, BadRow("row 3 (seed 7): messages is missing", 7, 3))
    write_failure(folder, RuntimeError("Connection closed by peer"))
    assert json.loads((folder / FAILURE).read_text()) == {
        "cause": "bad_row", "message": "row 3 (seed 7): messages is missing",
        "seed_id": 7, "row": 3, "host": "worker-2",
    }  # fmt: skip
    assert [path.name for path in folder.iterdir()] == [FAILURE]
    monkeypatch.setenv("RANK", "1")
    forget_failure(folder)
    assert (folder / FAILURE).is_file()
    monkeypatch.setenv("RANK", "0")
    forget_failure(folder)
    assert not list(folder.iterdir())


def test_failure_without_words_is_named_by_its_kind(tmp_path: Path) -> None:
    write_failure(tmp_path, AssertionError())
    assert json.loads((tmp_path / FAILURE).read_text())["message"] == "AssertionError"

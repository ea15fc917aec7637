"""What a host does with a command that it holds for somebody elsewhere."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services import eventually
from tests.training.test_recipes import FOLDER
from tests.training_runs import is_alive

ROOT = FOLDER.parents[1]


PROGRAM = """
import pathlib, subprocess, sys, time
child = subprocess.Popen(["sleep", "1000"], start_new_session=True, env={})
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(1000)
"""


@contextlib.contextmanager
def _running(
    folder: Path, command: list[str], patience: float
) -> Iterator["subprocess.Popen[bytes]"]:
    said = {"run": command, "environment": {}, "patience": patience}
    process = subprocess.Popen(
        [sys.executable, "-m", "training.on_host", f"{folder}#0"], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(said).encode() + b"\n")
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def _held(folder: Path, patience: float) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A command on a leash, which starts a child in a session of its own; and that child."""
    command = [sys.executable, "-c", PROGRAM, str(folder / "child")]
    with _running(folder, command, patience) as process:
        eventually(lambda: (folder / "child").exists(), 20, "the child")
        eventually(lambda: bool((folder / "child").read_text()), 20, "its number")
        yield process, int((folder / "child").read_text())


def _close(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()


def _is_told(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()


@pytest.mark.parametrize("let_go", [_close, _is_told])
def test_line_that_is_let_go_ends_everything(
    tmp_path: Path, let_go: Callable[["subprocess.Popen[bytes]"], None]
) -> None:
    with _held(tmp_path, 1000) as (process, child):
        let_go(process)
        assert process.wait(20) == 143
    assert not is_alive(child)


def test_line_that_is_silent_counts_as_let_go(tmp_path: Path) -> None:
    with _held(tmp_path, 2) as (process, child):
        assert process.wait(20) == 143
    assert not is_alive(child)


def test_status_of_a_command_is_told_as_a_shell_does(tmp_path: Path) -> None:
    for program, code in (("exit 3", 3), ("kill -9 $$", 137), ("exit 0", 0)):
        with _running(tmp_path, ["sh", "-c", program], 1000) as process:
            assert process.wait(20) == code

"""Programs in a sandbox of this test process, and what is left of it."""

import os
import time
from pathlib import Path

from backend.science.code_tests import AssertionTest, CodeTest, InputTest, Outcome
from workers.sandbox import Limits, run_in_turn

LIMITS = Limits(cpu_seconds=2, wall_seconds=5.0, memory_bytes=256 * 2**20, output_bytes=100_000)
ADD = "def add(a, b):\n    return a + b\n"
GONE_WITHIN_SECONDS = 20


def outcome(program: str, test: CodeTest | str, isolated: bool, limits: Limits = LIMITS) -> Outcome:
    tests = [AssertionTest(test) if isinstance(test, str) else test]
    [found] = run_in_turn(program, tests, limits, isolated=isolated)
    return found


def printed(program: str, *, isolated: bool = True) -> Outcome:
    """How a program did that is to print `ok`."""
    return outcome(program, InputTest("", "ok"), isolated)


def sandbox_processes() -> list[str]:
    """Those that this test process has started, however far they have moved away."""
    mine = f"\0{os.getpid()}\0".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if b"sandbox_child" in command and command.endswith(mine) and state != "Z":
            found.append(process.name)
    return found


def assert_nothing_is_left() -> None:
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while sandbox_processes():
        assert time.monotonic() < deadline, "processes of the sandbox live on"
        time.sleep(0.05)

"""Programs are judged as Python would, ended at their limits, and run only where they may be."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from backend.config import settings
from backend.science.code_tests import AssertionTest, InputTest, Outcome
from tests.workers.sandboxed import ADD, LIMITS, assert_nothing_is_left, outcome
from workers import sandbox
from workers.sandbox import SandboxRefused, run_in_turn, run_tests


@pytest.mark.parametrize(
    ("test", "result"),
    [
        ("assert add(1, 2) == 3", "passed"),
        ("assert add(1, 2) == 4", "failed"),
        ("assert add(1, 2) == 3 and 7 > add(1, 2)\nassert add('a', 'b') == 'ab'", "passed"),
        ("total = 0\nfor n in range(4):\n    total = add(total, n)\nassert total == 6", "passed"),
        ("for n in range(3):\n    assert add(n, n) == n", "failed"),
        ("assert abs(add(0.1, 0.2) - 0.3) < 1e-9 and add(0.1, 0.2) != 0.3", "passed"),
        ("assert isinstance(add(1, 2), int)\nassert not add(0, 0)", "passed"),
        ("assert add(1, 2)", "passed"),
        ("assert add(0, 0)", "failed"),
        ("assert subtract(1, 2) == 3", "error"),
        ("try:\n    add(1, 'a')\nexcept TypeError:\n    pass\nelse:\n    assert False", "passed"),
    ],
)
def test_assertions_are_judged_as_python_would(test: str, result: str, isolated: bool) -> None:
    assert outcome(ADD, test, isolated).result == result


@pytest.mark.parametrize(
    ("program", "result"),
    [
        ("print(sum(map(int, input().split())))", "passed"),
        ("import sys\nprint(7, ' ')\nprint()\nsys.exit(0)", "passed"),
        ("if __name__ == '__main__':\n    print(7)", "passed"),
        ("print(8)", "failed"),
        ("print(7)\nprint(7)", "failed"),
        ("", "failed"),
        ("print(7)\nraise ValueError('no')", "error"),
        ("print(7)\nimport sys\nsys.exit(3)", "error"),
    ],
)
def test_what_is_printed_is_compared(program: str, result: str, isolated: bool) -> None:
    assert outcome(program, InputTest("3 4\n", "7\n"), isolated).result == result


def test_a_failure_says_what_was_found_and_what_was_wanted(isolated: bool) -> None:
    assert outcome(ADD, "assert add(1, 2) == 4", isolated).detail == (
        "assertion 1 does not hold: 3 == 4"
    )
    assert outcome("print(8)", InputTest("", "7"), isolated).detail == "line 1 is '8', not '7'"
    assert outcome("1/0", "assert True", isolated).detail == "ZeroDivisionError: division by zero"


def test_each_test_has_the_program_to_itself(isolated: bool) -> None:
    program = "seen = []\ndef see(x):\n    seen.append(x)\n    return len(seen)\n"
    tests = [AssertionTest("assert see(1) == 1")] * 3
    outcomes = run_in_turn(program, tests, LIMITS, isolated=isolated)
    assert [found.result for found in outcomes] == ["passed"] * 3


def test_what_is_no_python_is_unrunnable_for_every_test(isolated: bool) -> None:
    tests = [AssertionTest("assert True"), InputTest("", "")]
    outcomes = run_in_turn("def add(:", tests, LIMITS, isolated=isolated)
    assert [found.result for found in outcomes] == ["unrunnable"] * 2
    assert "SyntaxError" in outcomes[0].detail


@pytest.mark.parametrize(
    ("program", "results"),
    [
        ("while True:\n    pass", {"time"}),
        ("import time\ntime.sleep(1000)", {"time"}),
        ("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass",
         {"time", "error"}),
        ("hog = []\nwhile True:\n    hog.append(bytearray(10_000_000))", {"memory"}),
        ("import os\nwhile True:\n    os.fork()", {"error", "time"}),
        ("while True:\n    print('x' * 1000)", {"error"}),
        ("import sys\nwhile True:\n    sys.stderr.write('x' * 1000)", {"error"}),
        ("with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(10**6))",
         {"error"}),
        ("files = [open('/dev/null') for _ in range(1000)]", {"error"}),
        ("def deep(n):\n    return deep(n + 1)\nimport sys\nsys.setrecursionlimit(10**9)\ndeep(0)",
         {"error", "memory", "time"}),
        ("import ctypes\nctypes.string_at(0)", {"error"}),
    ],
    ids=["loop", "sleep", "stubborn loop", "memory", "fork bomb", "output", "errors", "big file",
         "many files", "recursion", "crash"],
)  # fmt: skip
def test_a_program_over_its_limits_is_ended_with_all_it_started(
    program: str, results: set[str], isolated: bool
) -> None:
    assert outcome(program, "assert True", isolated).result in results
    assert_nothing_is_left()


def test_a_program_that_never_ends_is_not_tried_on_every_test(isolated: bool) -> None:
    limits = LIMITS._replace(wall_seconds=0.5)
    tests = [AssertionTest("assert True")] * 6
    outcomes = run_in_turn("import time\ntime.sleep(100)", tests, limits, isolated=isolated)
    assert [found.result for found in outcomes] == ["time"] * 6
    assert [found.seconds > 0 for found in outcomes] == [True] * 3 + [False] * 3


def test_the_event_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "refusal", lambda: None)

    async def both() -> tuple[list[Outcome], int]:
        task = asyncio.create_task(run_tests(ADD, [AssertionTest("assert add(1, 2) == 3")] * 2))
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        return task.result(), turns

    outcomes, turns = asyncio.run(both())
    assert [found.result for found in outcomes] == ["passed", "passed"]
    assert turns > 10
    assert threading.active_count() < 10


@pytest.fixture
def run_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    settings.cache_clear()


@pytest.mark.parametrize(
    ("wanted", "level", "runs"),
    [
        ("isolated", "namespaces", True),
        ("isolated", "limits only", False),
        ("limits", "limits only", True),
        ("limits", "none", False),
        ("never", "namespaces", False),
    ],
)
def test_code_is_run_only_where_it_may_be(
    run_code: pytest.MonkeyPatch, wanted: str, level: str, runs: bool
) -> None:
    run_code.setenv("SEEDBED_RUN_CODE", wanted)
    settings.cache_clear()
    run_code.setattr(sandbox, "isolation", lambda: level)
    assert (sandbox.refusal() is None) == runs
    if not runs:
        with pytest.raises(SandboxRefused, match="code is not run"):
            asyncio.run(run_tests(ADD, [AssertionTest("assert True")]))

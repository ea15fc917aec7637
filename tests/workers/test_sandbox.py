"""Programs that are hostile, greedy or broken come to nothing, and leave nothing behind."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.config import settings
from backend.science.code_tests import AssertionTest, CodeTest, InputTest, Outcome
from workers import sandbox
from workers.sandbox import Limits, SandboxRefused, isolation, run_in_turn, run_tests

LIMITS = Limits(cpu_seconds=2, wall_seconds=5.0, memory_bytes=256 * 2**20, output_bytes=100_000)
ADD = "def add(a, b):\n    return a + b\n"
GONE_WITHIN_SECONDS = 20


@pytest.fixture(params=[True, False], ids=["namespaces", "limits only"])
def isolated(request: pytest.FixtureRequest) -> bool:
    if request.param and isolation() != "namespaces":
        pytest.skip("this system refuses namespaces")
    return bool(request.param)


@pytest.fixture
def walled() -> None:
    if isolation() != "namespaces":
        pytest.skip("this system refuses namespaces")


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


LEAVES_A_CHILD = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
print("ok")
"""


def test_a_child_that_is_left_behind_is_ended(isolated: bool) -> None:
    assert printed(LEAVES_A_CHILD, isolated=isolated).result == "passed"
    assert_nothing_is_left()


EQUAL_TO_ALL = """
class Any(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
class Thing:
    __eq__ = Any.__eq__
    __hash__ = None
def add(a, b):
    return {}()
"""
WRITES_EVERYWHERE = """
import os, sys
def add(a, b):
    for number in range(3, 64):
        try:
            os.write(number, b'{"value": [0, {"int": "2a"}]}\\n{"done": "x"}\\n')
        except OSError:
            pass
    os._exit(0)
"""
LOOKS_AROUND = """
import gc, sys
def add(a, b):
    frame, seen = sys._getframe(), set()
    while frame:
        found = [*frame.f_code.co_consts, *frame.f_locals.values(), *frame.f_globals.values()]
        seen.update(value for value in found if isinstance(value, int))
        frame = frame.f_back
    for thing in gc.get_objects():
        for value in gc.get_referents(thing):
            if type(value) is int:
                seen.add(value)
    return next((value for value in seen if value % 1_000_003 == 0 and value > 10**9), 0)
"""


@pytest.mark.parametrize(
    "program",
    [
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)",
        "import os\ndef add(a, b):\n    os._exit(0)",
        "def add(a, b):\n    raise SystemExit(0)",
        "import sys\ndef add(a, b):\n    print('passed')\n    sys.stdout.flush()\n    return 0",
        "import builtins\nbuiltins.bool = lambda _: True\ndef add(a, b):\n    return 0",
        "def __report__(*_):\n    pass\ndef add(a, b):\n    return 0",
        "import sys\ndef add(a, b):\n    sys.setprofile(None)\n    return 0",
        EQUAL_TO_ALL.format("Any"),
        EQUAL_TO_ALL.format("Thing"),
        WRITES_EVERYWHERE,
        LOOKS_AROUND,
    ],
)
def test_no_verdict_can_be_forged(program: str, isolated: bool) -> None:
    test = f"assert add(1, 2) == {1_000_003 * 4242}"
    assert outcome(program, test, isolated).result in ("failed", "error")
    in_a_loop = "for _ in range(1):\n    assert add(1, 2) == 42"
    if program not in (EQUAL_TO_ALL.format("Any"), EQUAL_TO_ALL.format("Thing")):
        assert outcome(program, in_a_loop, isolated).result in ("failed", "error")


@pytest.mark.usefixtures("walled")
def test_files_outside_can_be_neither_read_nor_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("ok")
    assert "FileNotFoundError" in printed(f"print(open({str(secret)!r}).read())").detail
    for place in (tmp_path / "new", Path.home() / "new", Path.cwd() / "new", Path("/new")):
        assert printed(f"open({str(place)!r}, 'w')").result == "error"
        assert not place.exists()
    own = os.__file__
    assert printed(f"open({own!r}, 'a')").result == "error"
    assert printed(f"import os\nos.remove({own!r})").result == "error"
    assert printed("open('here', 'w').write('ok')\nprint(open('/tmp/here').read())").result == (
        "passed"
    )
    assert not os.path.exists("/tmp/here")


@pytest.mark.usefixtures("walled")
def test_there_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = f"import socket\nsocket.create_connection(('127.0.0.1', {port}))\nprint('ok')"
        assert printed(program).result == "error"
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_there_is_no_environment(isolated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_SECRET", "geheim")
    program = "import os\nprint('ok' if 'geheim' not in str(os.environ) else 'no')"
    assert printed(program, isolated=isolated).result == "passed"


KILLS = """
import os, signal
try:
    os.kill({}, signal.SIGKILL)
except OSError:
    pass
print("ok")
"""
MAKES_A_NAMESPACE = """
import ctypes
print("no" if ctypes.CDLL(None).unshare({}) == 0 else "ok")
"""


@pytest.mark.usefixtures("walled")
def test_there_are_no_other_processes_and_no_rights() -> None:
    for victim in ("os.getppid()", "-1", "1", str(os.getpid())):
        assert printed(KILLS.format(victim)).result == "passed"
    assert printed("import os\nprint('ok' if not os.path.exists('/proc/1') else 'no')").result == (
        "passed"
    )
    assert printed("import os\nos.setuid(0)\nos.chroot('/')\nprint('ok')").result == "error"
    for kind in ("0x10000000", "0x20000", "0x40000000"):
        assert printed(MAKES_A_NAMESPACE.format(kind)).result == "passed"


AS_AN_ORDINARY_USER = """
import os
from backend.embedded.privileges import enter_user_namespace
enter_user_namespace()
assert os.geteuid() != 0
from workers.sandbox import isolation
print(isolation())
"""


@pytest.mark.usefixtures("walled")
@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are run by an ordinary user")
def test_an_ordinary_user_has_the_same_walls() -> None:
    run = subprocess.run(
        [sys.executable, "-c", AS_AN_ORDINARY_USER], capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert run.stdout.strip() == "namespaces", run.stderr


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

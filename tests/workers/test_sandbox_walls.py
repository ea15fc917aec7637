"""Hostile programs see nothing, reach nothing, leave nothing and cannot pretend to have passed."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workers.sandboxed import assert_nothing_is_left, outcome, printed

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

"""The process that runs one program on one test for `sandbox`, and says what it saw.

Three processes: the *guard*, which the worker started, holds the clock and ends everything that is
left; with namespaces the *first*, process 1 of its own world, whose end is the end of all in it;
and the *program*. The program's process evaluates the test's assertions, but what they are compared
with is not there: values go to the worker, which compares. Nothing that the program says about
itself makes a test passed.
"""

import contextlib
import json
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workers import sandbox_walls as walls

REPORT = "__report__"
# Exit codes of the guard, besides the program's own and 128 + signal.
OUT_OF_TIME, REFUSED = 124, 125
_LONGEST_VALUE = 100_000
_LONGEST_MESSAGE = 500

Report = Callable[[dict[str, Any]], None]


def main(parent: int) -> None:
    """Serve the one request on stdin."""
    walls.end_with_parent(parent)
    request = json.loads(sys.stdin.buffer.read())
    with open(request["report"], "wb", buffering=0, closefd=False) as pipe:

        def report(message: dict[str, Any]) -> None:
            pipe.write(json.dumps(message).encode() + b"\n")

        os._exit(_guard(request, report))


def _guard(request: dict[str, Any], report: Report) -> int:
    """Runs the program behind the walls; the exit code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGTERM])
    walls.adopt_orphans()
    request["limits"]["processes"] += walls.other_tasks(isolated=request["isolated"])
    try:
        if request["isolated"]:
            walls.enter_namespaces(request["folder"])
            walls.move_into(request["folder"], request["limits"]["file_bytes"])
    except OSError as error:
        report({"refused": str(error)})
        return REFUSED
    inner = _first if request["isolated"] else _program
    child = _forked(lambda: inner(request, report))
    status = _awaited(child, request["limits"]["wall_seconds"])
    if not request["isolated"]:
        _end_descendants()
    return OUT_OF_TIME if status is None else _code(status)


def _first(request: dict[str, Any], report: Report) -> int:
    """Process 1: signals from inside do not reach it, and its end ends the others."""
    walls.hide_memory()
    child = _forked(lambda: _program(request, report))
    while True:
        ended, status = os.wait()
        if ended == child:
            return _code(status)


def _forked(work: Callable[[], int]) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    # The pid of a parent outside of the namespace reads as 0.
    walls.end_with_parent(parent if os.getpid() != 1 else 0)
    os._exit(work())


def _awaited(child: int, seconds: float) -> int | None:
    """The child's status; None, and the child is dead, where it took too long or is not wanted."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        left = deadline - time.monotonic()
        found = signal.sigtimedwait([signal.SIGCHLD, signal.SIGTERM], max(left, 0))
        if found is None or found.si_signo == signal.SIGTERM:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None


def _end_descendants() -> None:
    """Kill whatever the program has left behind: all of it is ours, as its first parent died."""
    with contextlib.suppress(ChildProcessError):
        while True:
            for process in _children(os.getpid()):
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children(process: int) -> Iterator[int]:
    try:
        with open(f"/proc/{process}/task/{process}/children") as children:
            found = [int(child) for child in children.read().split()]
    except OSError:
        return
    for child in found:
        yield child
        yield from _children(child)


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _program(request: dict[str, Any], report: Report) -> int:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if not request["isolated"]:
        os.chdir(request["folder"])
    walls.leave_root(None if request["isolated"] else request["folder"])
    walls.set_limits(request["limits"])
    walls.give_up_rights()
    _give_stdin(request["stdin"] or "")
    try:
        code = compile(request["program"], "program.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        report({"unrunnable": _said(error)})
        return 1
    return _evaluated(code, request, report)


def _give_stdin(text: str) -> None:
    file = os.memfd_create("stdin")
    os.write(file, text.encode())
    os.lseek(file, 0, os.SEEK_SET)
    os.dup2(file, 0)
    os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)


def _evaluated(code: types.CodeType, request: dict[str, Any], report: Report) -> int:
    test, token = request["test"], request["token"]
    name = "__main__" if test is None else "program"
    module = types.ModuleType(name)
    sys.modules[name] = module
    sys.argv = ["program.py"]
    ended = 0
    try:
        exec(code, module.__dict__)  # the program's very purpose
        if test is not None:
            module.__dict__[REPORT] = lambda index, value: report(
                {"value": [index, encoded(value)]}
            )
            exec(compile(test, "test", "exec", dont_inherit=True), module.__dict__)
            report({"done": token})
    except SystemExit as end:
        ended = end.code if isinstance(end.code, int) else int(end.code is not None)
        if test is not None:
            report({"error": ["SystemExit", "the program ended before the test was over"]})
    except BaseException as error:
        report({"error": [type(error).__name__, _said(error)]})
        ended = 1
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
    return ended & 0x7F


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")[:_LONGEST_MESSAGE]
    except BaseException:
        return type(error).__name__


def encoded(value: object) -> Any:
    """A value as JSON that says what it is, by its type's own methods, whatever a subclass does.

    The name of its type alone, where it is none that can be compared elsewhere.
    `backend.science.assertions.decoded` reads it.
    """
    try:
        found = _encoded(value)
        if len(json.dumps(found)) <= _LONGEST_VALUE:
            return found
    except (RecursionError, ValueError, MemoryError):
        pass
    return {"other": type(value).__name__}


def _encoded(value: object) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    for base, encode in _ENCODINGS:
        if issubclass(kind, base):
            return encode(value)
    return {"other": kind.__name__}


def _items(name: str, iterate: Callable[[Any], Iterator[Any]]) -> Callable[..., Any]:
    return lambda value: {name: [_encoded(item) for item in iterate(value)]}


# From the most frequent on; the first base of a value's type counts.
_ENCODINGS: list[tuple[type, Callable[..., Any]]] = [
    (int, lambda value: {"int": int.__format__(value, "x")}),
    (str, lambda value: str.__str__(value)),
    (float, lambda value: {"float": float.hex(value)}),
    (list, lambda value: [_encoded(item) for item in list.__iter__(value)]),
    (tuple, _items("tuple", tuple.__iter__)),
    (dict, lambda value: {
        "dict": [[_encoded(key), _encoded(item)] for key, item in dict.items(value)]
    }),
    (set, _items("set", set.__iter__)),
    (frozenset, _items("frozenset", frozenset.__iter__)),
    (bytes, lambda value: {"bytes": bytes.hex(value)}),
    (bytearray, lambda value: {"bytearray": bytearray.hex(value)}),
    (complex, lambda value: {"complex": [
        float.hex(complex.real.__get__(value)), float.hex(complex.imag.__get__(value))
    ]}),
    (Fraction, lambda value: {"fraction": [
        f"{Fraction.numerator.__get__(value):x}", f"{Fraction.denominator.__get__(value):x}"
    ]}),
    (Decimal, lambda value: {"decimal": Decimal.__str__(value)}),
]  # fmt: skip

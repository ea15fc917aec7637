"""Seeds that ask for a program: its tests, the program in a response, and the key of how it did.

A seed has tests where its metadata has `tests`: each a text of Python assertions, which sees the
program's names, or an object of `stdin` and `stdout`. The key of a program is its pattern of passed
(1) and failed (0) tests, and the gold key is all ones. Two programs are therefore the same answer
if they pass the same tests, whatever they do otherwise.
"""

import ast
import hashlib
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

from backend.science.answer_keys import AnswerKey
from backend.science.assertions import taken_apart
from backend.science.thinking import without_thinking

# Raised when the way that programs are judged changes: outcomes are then found out anew.
TESTS_VERSION: Final = "1"
MOST_TESTS: Final = 100
LONGEST_PROGRAM: Final = 100_000

Result = Literal["passed", "failed", "error", "time", "memory", "unrunnable"]

_CUT_OFF: Final = frozenset({"length", "content_filter"})
_FENCE: Final = re.compile(r"^(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<tag>[^\s`{]*)")
_PYTHON: Final = frozenset({"python", "python3", "py", "py3"})


class BadTests(ValueError):
    """Something that is no list of tests; the message says which and why."""


class AssertionTest(NamedTuple):
    """Python statements with assertions, run after the program where it keeps its names."""

    code: str


class InputTest(NamedTuple):
    """What the program reads, and what it must print."""

    stdin: str
    stdout: str


CodeTest = AssertionTest | InputTest


class Outcome(NamedTuple):
    """How a program did on one test.

    Attributes:
        result: `time` and `memory` are limits; `unrunnable` is a program that is not Python, of
            which no test can be passed.
        detail: what went wrong, one line; empty where nothing did.
        seconds: on the wall.
    """

    result: Result
    detail: str
    seconds: float

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return self._asdict()

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> "Outcome":
        """From JSON.

        Raises:
            ValueError: the result is unknown.
        """
        if stored["result"] not in get_args(Result):
            raise ValueError(f"not a result: {stored['result']!r}")
        return cls(stored["result"], stored["detail"], stored["seconds"])


def parse_tests(value: Any) -> tuple[CodeTest, ...]:
    """The tests in a seed's metadata; none for null and for an empty list.

    Args:
        value: a JSON value.

    Raises:
        BadTests: it is no list of tests.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadTests("tests must be an array")
    if len(value) > MOST_TESTS:
        raise BadTests(f"there are {len(value):,} tests; at most {MOST_TESTS} are allowed")
    return tuple(_test(number, item) for number, item in enumerate(value, 1))


def hash_of_tests(tests: Sequence[CodeTest]) -> str:
    """SHA-256 of the tests and of how they are judged, in hexadecimal."""
    identity = json.dumps([TESTS_VERSION, [[type(test).__name__, *test] for test in tests]])
    return hashlib.sha256(identity.encode()).hexdigest()


def program_of(response: str, finish_reason: str | None = None) -> str | None:
    """The program in a response: its last fenced block of Python, else its last untagged block.

    Args:
        response: what the model wrote, thinking and all.
        finish_reason: why it stopped; what was cut off holds no program.
    """
    if finish_reason in _CUT_OFF:
        return None
    blocks = _blocks(without_thinking(response))
    python = [text for tag, text in blocks if tag.lower() in _PYTHON]
    program = next(reversed(python or [text for tag, text in blocks if not tag]), "")
    return program if program.strip() and len(program) <= LONGEST_PROGRAM else None


def pattern_key(outcomes: Sequence[Outcome]) -> AnswerKey | None:
    """The key of a program that did so; None where it could not be run at all."""
    if not outcomes or any(outcome.result == "unrunnable" for outcome in outcomes):
        return None
    return AnswerKey("tests", "".join(str(int(found.result == "passed")) for found in outcomes))


def passed_of(outcomes: Sequence[Outcome]) -> str:
    """How a program did, as the text of its answer."""
    if pattern_key(outcomes) is None:
        return "not Python"
    passed = sum(outcome.result == "passed" for outcome in outcomes)
    return f"passes {passed} of {len(outcomes)} tests"


def gold_key(tests: Sequence[CodeTest]) -> AnswerKey:
    """The key of a program that passes all tests."""
    return AnswerKey("tests", "1" * len(tests))


def _test(number: int, value: Any) -> CodeTest:
    if isinstance(value, str):
        return _assertions(number, value)
    if not isinstance(value, dict):
        raise BadTests(f"test {number} must be text with assertions, or an object")
    if set(value) != {"stdin", "stdout"}:
        raise BadTests(f"test {number} must have stdin and stdout, and nothing else")
    for name in ("stdin", "stdout"):
        if not isinstance(value[name], str):
            raise BadTests(f"{name} of test {number} must be text in quotes")
    return InputTest(value["stdin"], value["stdout"])


def _assertions(number: int, code: str) -> AssertionTest:
    try:
        tree = ast.parse(code)
        taken_apart(code, "report")
    except SyntaxError as error:
        reason = f"{error.msg}, line {error.lineno}"
        raise BadTests(f"test {number} is not Python: {reason}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadTests(f"test {number} is not Python: {error}") from None
    if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        raise BadTests(f"test {number} asserts nothing: every program would pass it")
    return AssertionTest(code)


def _blocks(text: str) -> list[tuple[str, str]]:
    """Tag and content of all fenced blocks that are closed."""
    blocks = []
    opened: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        fence = _FENCE.match(line)
        if opened is None:
            opened, lines = fence, []
        elif fence and not fence["tag"] and fence["ticks"].startswith(opened["ticks"]):
            blocks.append((opened["tag"], _unindented(lines, opened["indent"])))
            opened = None
        else:
            lines.append(line)
    return blocks


def _unindented(lines: Sequence[str], indent: str) -> str:
    text = "\n".join(lines) + "\n"
    return textwrap.dedent(text) if indent else text

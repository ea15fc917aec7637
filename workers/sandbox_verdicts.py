"""From what came out of a sandbox to how the program did: the worker's own judgement.

Once the program runs, nothing that its process says is believed: it can at most say a value, which
is compared here, or that something went wrong.
"""

import json
import signal
from collections.abc import Sequence
from typing import Any, Final

from backend.science.assertions import Expectation, decoded, holds, shown
from backend.science.code_tests import Result
from workers.sandbox_child import OUT_OF_TIME
from workers.sandbox_pipes import Said

Found = tuple[Result, str]

_LAST_SIGNAL: Final = 64
_BY_ERROR: Final[dict[str, Result]] = {"MemoryError": "memory", "AssertionError": "failed"}


def messages_of(report: bytes) -> list[dict[str, Any]]:
    """The child's messages; an empty one where a line is none."""
    messages = []
    for line in report.splitlines():
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        messages.append(message if isinstance(message, dict) else {})
    return messages


def ended_by_force(said: Said) -> Found | None:
    """Which limit ended the process, if one did."""
    if said.too_much:
        return "error", "printed too much"
    if said.too_long or said.code == OUT_OF_TIME:
        return "time", "not done in time"
    number = said.code - 128
    if number == signal.SIGXCPU:
        return "time", "too much processor time"
    if number == signal.SIGXFSZ:
        return "error", "wrote too large a file"
    if 0 < number <= _LAST_SIGNAL:
        return "error", f"killed: {signal.strsignal(number) or f'signal {number}'}"
    return None


def gone_wrong(messages: Sequence[dict[str, Any]]) -> Found | None:
    """What the child says went wrong: the program gains nothing by saying so itself."""
    for message in messages:
        if "unrunnable" in message:
            return "unrunnable", str(message["unrunnable"])
        if isinstance(message.get("error"), list):
            kind, text = (*map(str, message["error"]), "", "")[:2]
            return _BY_ERROR.get(kind, "error"), text
    return None


def printed(said: Said, wanted: str) -> Found:
    """Whether what was printed is what was wanted; spaces at the ends of lines do not count."""
    if said.code != 0:
        return "error", f"ended with exit code {said.code}: {_last_line(said.stderr)}".rstrip(": ")
    lines, others = (_lines(text) for text in (said.stdout.decode(errors="replace"), wanted))
    if lines == others:
        return "passed", ""
    for number in range(max(len(lines), len(others))):
        line, other = (_line(text, number) for text in (lines, others))
        if line != other:
            return "failed", f"line {number + 1} is {line}, not {other}"
    raise AssertionError("unequal lines are equal")


def asserted(
    messages: Sequence[dict[str, Any]], expectations: Sequence[Expectation], token: str
) -> Found:
    """Whether all values are as expected, each said once and in order, and the test came to its
    end, which the token shows.
    """
    if not messages or messages[-1].get("done") != token:
        return "error", "the program ended before the test was over"
    values = messages[:-1]
    if len(values) != len(expectations):
        return "error", "not every assertion was evaluated once"
    for number, (message, expectation) in enumerate(zip(values, expectations, strict=True)):
        try:
            index, encoded = message["value"]
            value = decoded(encoded)
        except (KeyError, TypeError, ValueError):
            return "error", "what an assertion found cannot be read"
        if index != number:
            return "error", "assertions were evaluated out of order"
        if not holds(expectation, value):
            found = "" if expectation.operator == "Truth" else f": {shown(value)} {expectation}"
            return "failed", f"assertion {number + 1} does not hold{found}"
    return "passed", ""


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _line(lines: Sequence[str], number: int) -> str:
    return shown(lines[number]) if number < len(lines) else "missing"


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")

"""Runs programs that models wrote against tests, behind walls.

    outcomes = await run_tests(program, tests)

Each test has a process of its own (`sandbox_child`): without environment, in an empty folder, under
limits of time, memory, processes, files and output, and where the system allows it in namespaces,
without network, other processes or any file of ours. What a test expects never enters that process:
it says what it printed or what an expression was, and the comparison is made here. Assertions that
cannot be taken apart so need a word that is made for each test and known to nobody before.

`python -m workers.sandbox` says how far programs are kept in on this machine.
"""

import asyncio
import logging
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from backend.config import settings
from backend.science.assertions import taken_apart
from backend.science.code_tests import AssertionTest, CodeTest, InputTest, Outcome
from workers.sandbox_child import REFUSED, REPORT
from workers.sandbox_pipes import observe
from workers.sandbox_verdicts import asserted, ended_by_force, gone_wrong, messages_of, printed

log = logging.getLogger("seedbed.sandbox")

Isolation = Literal["namespaces", "limits only", "none"]

THREADS: Final = 2
# A program that never ends does so in most of its tests.
MOST_TIMEOUTS: Final = 3
_ROOT: Final = str(Path(__file__).resolve().parent.parent)
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from workers.sandbox_child import main; "
    "del sys.path[0]; main(int(sys.argv[2]))"
)
# What the guard takes to start and to clean up.
_GRACE_SECONDS: Final = 5.0
_LONGEST_DETAIL: Final = 300


class Limits(NamedTuple):
    """What one test may use; memory is of each process, output of each stream."""

    cpu_seconds: int = 5
    wall_seconds: float = 10.0
    memory_bytes: int = 512 * 2**20
    processes: int = 8
    file_bytes: int = 16 * 2**20
    open_files: int = 64
    output_bytes: int = 2**20


DEFAULT_LIMITS: Final = Limits()


class SandboxRefused(Exception):
    """The system does not allow the walls."""


async def run_tests(
    program: str, tests: Sequence[CodeTest], limits: Limits = DEFAULT_LIMITS
) -> list[Outcome]:
    """How a program does on each test, in order; the event loop goes on meanwhile.

    Raises:
        SandboxRefused: code is not run here; see `refusal`.
    """
    loop = asyncio.get_running_loop()
    threads = _threads_of(os.getpid())

    def run() -> list[Outcome]:
        if (reason := refusal()) is not None:
            raise SandboxRefused(reason)
        return run_in_turn(program, tests, limits, isolated=isolation() == "namespaces")

    return await loop.run_in_executor(threads, run)


def run_in_turn(
    program: str, tests: Sequence[CodeTest], limits: Limits = DEFAULT_LIMITS, *, isolated: bool
) -> list[Outcome]:
    """The same, blocking, and with or without namespaces whatever the settings say."""
    outcomes: list[Outcome] = []
    timeouts = 0
    for test in tests:
        if outcomes and outcomes[0].result == "unrunnable":
            outcomes.append(outcomes[0]._replace(seconds=0.0))
        elif timeouts >= MOST_TIMEOUTS:
            reason = f"not run: {MOST_TIMEOUTS} tests before it took too long"
            outcomes.append(Outcome("time", reason, 0.0))
        else:
            outcomes.append(_outcome(program, test, limits, isolated=isolated))
            timeouts += outcomes[-1].result == "time"
    return outcomes


def refusal() -> str | None:
    """Why code is not run on this machine; None where it is."""
    wanted, level = settings().run_code, isolation()
    if wanted == "never":
        return "code is not run: SEEDBED_RUN_CODE is never"
    if level == "none":
        return "code is not run: this needs Linux"
    if wanted == "isolated" and level != "namespaces":
        return (
            "code is not run: the worker's system refuses namespaces "
            "(SEEDBED_RUN_CODE=limits runs it without)"
        )
    return None


@lru_cache
def isolation() -> Isolation:
    """How far programs are kept in on this machine; found out once a process, by trying."""
    level: Isolation = "none"
    if sys.platform == "linux":
        try:
            [outcome] = run_in_turn("print(1)", [InputTest("", "1")], isolated=True)
            level = "namespaces" if outcome.result == "passed" else "limits only"
            reason = outcome.detail
        except SandboxRefused as refused:
            level, reason = "limits only", str(refused)
        if level == "limits only":
            log.warning("programs cannot be run in namespaces: %s", reason)
    log.info("programs are kept in by: %s", level)
    return level


@lru_cache(maxsize=1)
def _threads_of(process_id: int) -> ThreadPoolExecutor:
    # By process: a forked child has none of its parent's threads.
    return ThreadPoolExecutor(THREADS, thread_name_prefix="sandbox")


def _outcome(program: str, test: CodeTest, limits: Limits, *, isolated: bool) -> Outcome:
    token = secrets.token_hex(16)
    code, expectations = (
        taken_apart(test.code, REPORT) if isinstance(test, AssertionTest) else (None, [])
    )
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="seedbed-test-", ignore_cleanup_errors=True) as folder:
        request = {
            "program": program, "test": code, "token": token, "folder": folder,
            "stdin": test.stdin if isinstance(test, InputTest) else "",
            "isolated": isolated, "limits": limits._asdict(),
        }  # fmt: skip
        said = observe(
            [sys.executable, "-I", "-S", "-B", "-c", _START, _ROOT, str(os.getpid())], request,
            seconds=limits.wall_seconds + _GRACE_SECONDS, most_bytes=limits.output_bytes,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    messages = messages_of(said.report)
    if said.code == REFUSED and messages and "refused" in messages[0]:
        raise SandboxRefused(str(messages[0]["refused"]))
    result, detail = ended_by_force(said) or gone_wrong(messages) or (
        printed(said, test.stdout) if isinstance(test, InputTest)
        else asserted(messages, expectations, token)
    )  # fmt: skip
    return Outcome(result, _one_line(detail), round(seconds, 3))


def _one_line(detail: str) -> str:
    words = " ".join(detail.replace("\0", " ").split()).encode(errors="replace").decode()
    return words if len(words) <= _LONGEST_DETAIL else words[: _LONGEST_DETAIL - 1] + "…"


if __name__ == "__main__":
    print(isolation())  # noqa: T201

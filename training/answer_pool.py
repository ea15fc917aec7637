"""Whether answers are equivalent, in a process that can be killed: algebra may run for ever."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Final

from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.equivalence import decided_by_rules

PAIR_SECONDS: Final = 5.0
_START_SECONDS: Final = 120.0
_ROOT: Final = Path(__file__).parents[1]


class AnswerPool:
    """Compares answers with keys; rules decide nearly all, and a process has the rest.

    Attributes:
        killed: pairs that ran out of time. They count as not equivalent.
    """

    def __init__(self, pair_seconds: float = PAIR_SECONDS) -> None:
        self.killed = 0
        self._seconds = pair_seconds
        self._known: dict[tuple[AnswerKey, AnswerKey], bool] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def is_correct(self, answer: str | None, key: str) -> bool:
        """Whether an answer says what the key says; no answer never does."""
        found, wanted = canonical_key(answer), canonical_key(key)
        if found is None or wanted is None:
            return False
        decided = decided_by_rules(found, wanted)
        if decided is not None:
            return decided
        # Completions of one prompt often give the same answer.
        pair = (found, wanted)
        if pair not in self._known:
            self._known[pair] = self._by_algebra(found, wanted)
        return self._known[pair]

    def _by_algebra(self, found: AnswerKey, wanted: AnswerKey) -> bool:
        try:
            if self._process is None:
                self._process = _started()
                _reply(self._process, _START_SECONDS)
            asked, _ = _pipes(self._process)
            asked.write(json.dumps([str(found), str(wanted)]).encode() + b"\n")
            asked.flush()
            return json.loads(_reply(self._process, self._seconds)) is True
        except (TimeoutError, EOFError, BrokenPipeError):
            self.killed += 1
            self.close()
            return False

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in _pipes(self._process):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
            self._process = None


def _started() -> "subprocess.Popen[bytes]":
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "training.answer_process"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _reply(process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
    """Its next line.

    Raises:
        TimeoutError: it did not come in time.
        EOFError: it has ended.
    """
    _, replies = _pipes(process)
    deadline, reply = time.monotonic() + seconds, b""
    with selectors.DefaultSelector() as ready:
        ready.register(replies, selectors.EVENT_READ)
        while not reply.endswith(b"\n"):
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            part = os.read(replies.fileno(), 4096)
            if not part:
                raise EOFError
            reply += part
    return reply

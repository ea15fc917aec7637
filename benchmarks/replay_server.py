"""The replay server: a program outside of this project that answers like a model's server.

It answers with recorded responses, or with one fixed text (`--echo`), late or with faults where
that is asked for.
"""

import argparse
import contextlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx

from backend.embedded.folders import ROOT
from backend.embedded.lifetime import spawn
from benchmarks.services import free_port, wait_until

DEFAULT_SCRIPT = ROOT.parent / "shared" / "tools" / "replay_server.py"
ECHO = r"The answer is \boxed{42}."
ECHO_ANSWER = "42"
# Requests that end without an answer: the connection is closed, or an error is sent.
UNANSWERED = ("hang", "drop", "429", "500", "garbage")
FAULTS = (*UNANSWERED, "truncated", "empty")


class ReplayServer:
    """A running replay server; `base_url` is what a client is given."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self.base_url = f"{self._url}/v1"

    def stats(self) -> Counter[str]:
        """Its counters: requests, samples (answers sent), faults by kind."""
        counts = httpx.get(f"{self._url}/stats").raise_for_status().json()
        return Counter({name: value for name, value in counts.items() if isinstance(value, int)})

    def worded_answers(self) -> int:
        """How many answers with any text it has sent."""
        stats = self.stats()
        return stats["samples"] - stats["fault empty"]

    def faults(self) -> dict[str, int]:
        """How many faults of each kind it has sent."""
        stats = self.stats()
        return {kind: stats[f"fault {kind}"] for kind in FAULTS}

    def is_drained(self) -> bool:
        """Whether it works on no request; one that it lets hang does not count."""
        stats = self.stats()
        ended = stats["samples"] + sum(stats[f"fault {kind}"] for kind in UNANSWERED)
        return stats["requests"] == ended

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            return httpx.get(f"{self._url}/stats").is_success
        except httpx.TransportError:
            return False


@contextlib.contextmanager
def replay_server(script: Path, *options: str | Path) -> Iterator[ReplayServer]:
    """Run the server with these options of its own."""
    port = free_port()
    command = [sys.executable, str(script.resolve()), *map(str, options), "--port", str(port)]
    with Path("/dev/null").open("ab") as nowhere:
        process = spawn(command, nowhere)
    try:
        server = ReplayServer(port)
        wait_until(server.answers, "the replay server")
        yield server
    finally:
        process.terminate()
        process.wait()


def add_script_option(parser: argparse.ArgumentParser) -> None:
    """Let the caller say where the server's program is."""
    parser.add_argument(
        "--server-script", type=Path, default=DEFAULT_SCRIPT, metavar="FILE",
        help="the replay server's program (default: %(default)s)",
    )  # fmt: skip


def skip_without(script: Path) -> None:
    """End with a reason where there is no such program."""
    if not script.is_file():
        print(f"skipped: there is no {script}; name the replay server with --server-script")
        print(json.dumps({"skipped": f"no replay server at {script}"}))
        sys.exit(0)

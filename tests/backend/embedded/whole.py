"""A supervisor over stand-in parts, as a process of its own: signals are what it is about.

    python -m tests.backend.embedded.whole FOLDER < parts.json

A part is Python code. It sees the functions below; FOLDER is its current folder's stand-in.
"""

import json
import os
import signal
import sys
from pathlib import Path

from rich.console import Console

from backend.embedded.child import Part
from backend.embedded.lifetime import die_with
from backend.embedded.supervisor import Supervisor
from backend.embedded.terminal import Terminal

PRELUDE = """
import os, pathlib, signal, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def note(word):
    with (folder / "journal").open("a") as journal: journal.write(f"{name} {word}\\n")
def is_ready(): (folder / f"{name}.ready").write_text(str(os.getpid()))
def stopped(*_): note("stopped"); sys.exit(0)
def serve():
    signal.signal(signal.SIGTERM, stopped)
    note("started"); is_ready()
    while True: time.sleep(60)
"""


def main() -> None:
    folder = Path(sys.argv[1])
    parts = [part_of(folder, **described) for described in json.load(sys.stdin)]
    die_with(os.getppid(), signal.SIGTERM)  # a test that is cut off leaves nothing
    terminal = Terminal(Console(width=200))
    supervisor = Supervisor(parts, folder / "logs", dict(os.environ), terminal)
    sys.exit(supervisor.run(lambda: terminal.console.print("ALL READY")))


def part_of(folder: Path, name: str, code: str = "serve()", **settings: object) -> Part:
    ready = folder / f"{name}.ready"

    def is_ready() -> bool:
        return ready.exists()

    program = [sys.executable, "-S", "-E", "-c", PRELUDE + code, str(folder), name]
    return Part(name, program, is_ready, **settings)


if __name__ == "__main__":
    main()

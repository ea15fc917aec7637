"""Runs on each host of a hostfile: a command, on the leash of whoever started it.

    python -m training.on_host [MARK]

`training.hosts` starts it by SSH and says in the first line of its input what to do, as JSON:

    {"run": [...], "environment": {...}, "patience": 300}   the command, while the line is held
    {"end": MARK}                                           end what runs here under a mark
    {"look": {"shared": FILE, "paths": [...]}}              say what is here, as JSON

So nothing of a command has to be quoted for a shell, and no key shows in a list of processes.
SSH does not end what it has started when it is itself ended; this does, as soon as its input is
closed, or silent for longer than `patience` in seconds. Standard library only; Linux.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Set
from pathlib import Path
from typing import IO, Any, Final

from training.gpu_use import ask_cards

# By these a process tells, or others tell of it, to which run and on which host it belongs.
MARK: Final = "SEEDBED_TRAINING_MARK"
HOST: Final = "SEEDBED_TRAINING_HOST"
_LOOK_SECONDS: Final = 0.1
# Asked to end, then killed; what a kill does not end waits for a disk or a driver.
_PATIENCE_SECONDS: Final = 5.0
_LAST_SECONDS: Final = 15.0
_PR_SET_CHILD_SUBREAPER: Final = 36


def run(mark: str, said: dict[str, Any]) -> int:
    """Run the command to its end, or until the line is let go; its status, as a shell has it."""
    # What loses its parent falls to us, and can be found and ended.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    environment = {**os.environ, **said["environment"], MARK: mark}
    try:
        child = subprocess.Popen(
            said["run"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        sys.stdout.write(f"{said['run'][0]} cannot be started: {error}\n")
        return 127
    # Not its own output: if we are killed, SSH would wait for what lives on to close that.
    printing = threading.Thread(target=_hand_on, args=(child.stdout,), daemon=True)
    printing.start()
    heard = time.monotonic()
    while child.poll() is None and not told:
        if select.select([0], [], [], _LOOK_SECONDS)[0]:
            if not os.read(0, 65_536):
                break
            heard = time.monotonic()
        if time.monotonic() - heard > said["patience"]:
            break
    code = child.poll()
    end(mark)
    child.wait()
    printing.join(_PATIENCE_SECONDS)
    if code is None:
        return 128 + signal.SIGTERM
    return code if code >= 0 else 128 - code


def _hand_on(printed: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        while said := os.read(printed.fileno(), 65_536):
            while said:
                said = said[os.write(1, said) :]


def end(mark: str) -> set[int]:
    """End all that runs under a mark, ourselves and whom we descend from left out.

    Returns:
        what lives on all the same.
    """
    begun = time.monotonic()
    _send(signal.SIGTERM, _marked(mark))
    while left := _marked(mark):
        waited = time.monotonic() - begun
        if waited > _LAST_SECONDS:
            return left
        if waited > _PATIENCE_SECONDS:
            _send(signal.SIGKILL, left)
        time.sleep(_LOOK_SECONDS)
    return set()


def look(wanted: dict[str, Any]) -> dict[str, Any]:
    """What is here: the address, how many GPUs, the hash of a file, and which folders are not."""
    try:
        shared = hashlib.sha256(Path(wanted["shared"]).read_bytes()).hexdigest()
    except OSError:
        shared = None
    missing = [path for path in wanted["paths"] if not Path(path).exists()]
    gpus = len(ask_cards("index"))
    return {"address": _address(), "gpus": gpus, "shared": shared, "missing": missing}


def _address() -> str:
    """As DeepSpeed finds it: the first of the addresses that are no loopback's."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True)
        if found := said.stdout.split():
            return found[0]
    return socket.gethostbyname(socket.gethostname())


def _marked(mark: str) -> set[int]:
    """All that carry the mark among their arguments or variables, or descend from one that does."""
    parents = dict(_parents())
    ours = {os.getpid()}
    number = os.getppid()
    while number > 0 and number not in ours:
        ours.add(number)
        number = parents.get(number, 0)
    # Of what we have started ourselves, all is meant: a program may write over its variables.
    family = {number for number in parents if _carries(number, mark)} | {os.getpid()}
    grown = True
    while grown:
        more = {number for number, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return family - ours


def _carries(number: int, mark: str) -> bool:
    try:
        arguments = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        variables = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
    except OSError:  # it has ended, or is another user's
        return False
    return mark.encode() in arguments or f"{MARK}={mark}".encode() in variables


def _parents() -> Iterator[tuple[int, int]]:
    """Every process that lives, with its parent; see proc(5)."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    yield int(name), int(fields[1])


def _send(chosen: signal.Signals, numbers: Set[int]) -> None:
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, chosen)


def _first_line() -> dict[str, Any]:
    """Byte by byte: what comes after it is for `run` to read."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(0, 1)):
            sys.exit("nobody says what is to be done")
        line += byte
    said: dict[str, Any] = json.loads(line)
    return said


def main() -> None:
    said = _first_line()
    if "run" in said:
        # Its mark is an argument, so that others find it.
        sys.exit(run(sys.argv[1], said))
    if "look" in said:
        sys.stdout.write(json.dumps(look(said["look"])) + "\n")
        return
    if left := end(said["end"]):
        sys.exit(f"these processes do not end: {', '.join(map(str, sorted(left)))}")


if __name__ == "__main__":
    main()

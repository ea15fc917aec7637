"""Processes that are not our children: known again by their start, ended with all they started.

Only for Linux, and with the standard library alone: the keeper imports it.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Set
from pathlib import Path
from typing import NamedTuple

_LOOK_SECONDS = 0.05


class _Process(NamedTuple):
    number: int
    state: str
    parent: int
    session: int
    start: str


def identity(number: int) -> str | None:
    """What tells a living process from a later one with its number: the boot, and when it began."""
    found = _read(number)
    if found is None or found.state in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{found.start}"


def members(leader: int) -> set[int]:
    """All that live in a leader's session, or descend from it; itself among them."""
    alive = [found for found in _all() if found.state not in "ZX"]
    family = {found.number for found in alive if leader in (found.number, found.session)}
    grown = True
    while grown:
        more = {found.number for found in alive if found.parent in family} - family
        family |= more
        grown = bool(more)
    return family


def end(leader: int, patience: float, besides: Set[int] = frozenset()) -> None:
    """End a leader with all its members: asked at once, and killed after a time in seconds.

    Raises:
        ValueError: we descend from it ourselves, as everything does from process 1.
    """
    if leader <= 1 or leader in _ancestors():
        raise ValueError(f"process {leader} is none that was started for a run")
    deadline = time.monotonic() + patience
    _send(signal.SIGTERM, members(leader) - besides)
    while left := members(leader) - besides:
        if time.monotonic() > deadline:
            _send(signal.SIGKILL, left)
        time.sleep(_LOOK_SECONDS)


def _ancestors() -> set[int]:
    """Whom this process descends from, itself left out."""
    found: set[int] = set()
    number = os.getppid()
    while number > 0 and number not in found:
        found.add(number)
        parent = _read(number)
        number = parent.parent if parent is not None else 0
    return found


def _send(chosen: signal.Signals, numbers: Set[int]) -> None:
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, chosen)


def _all() -> Iterator[_Process]:
    for name in os.listdir("/proc"):
        if name.isdigit() and (found := _read(int(name))) is not None:
            yield found


def _read(number: int) -> _Process | None:
    """From proc(5): the fields after the name, which may hold anything, in parentheses."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return _Process(number, fields[0], int(fields[1]), int(fields[3]), fields[19])

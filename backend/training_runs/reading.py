"""Parts of the files that a run writes: its log, its samples."""

import json
import math
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

from backend.training_runs.schemas import TrainingSample

MOST_BYTES: Final = 2**20
# A sample may be 32,000 tokens long; the page that shows them wants a few.
_SAMPLE_BYTES: Final = 8 * 2**20
# How bars of libraries end: the time that passed, the time that is left, and how fast it goes.
_BAR: Final = re.compile(r"\[(\d+:)?\d+:\d\d(<[^],]*)?, *[^]]*(/s|s/)[^]]*\]\s*$")


class Part(NamedTuple):
    """A piece of a file: from where to where, and how long the file is."""

    content: bytes
    start: int
    size: int

    @property
    def next(self) -> int:
        """The offset at which to go on."""
        return self.start + len(self.content)


def part_of(path: Path, after: int | None, limit: int) -> Part:
    """At most `limit` bytes of a file from an offset on, its last where that is None.

    A file that is not there is empty; an offset beyond its end gives nothing.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = max(0, size - limit) if after is None else min(after, size)
            file.seek(start)
            return Part(file.read(limit), start, size)
    except FileNotFoundError:
        return Part(b"", after or 0, 0)


def text_part(path: Path, after: int | None, limit: int) -> Part:
    """The same, cut so that no character is: in UTF-8 the bytes after the first begin with 10."""
    part = part_of(path, after, limit)
    content, start = part.content, part.start
    if after is None and start:  # the last bytes of a file may begin within a character
        while content and content[0] & 0xC0 == 0x80:
            content, start = content[1:], start + 1
    return Part(content[: _whole_characters(content)], start, part.size)


def _whole_characters(content: bytes) -> int:
    """How many bytes of it are whole characters; what is no UTF-8 at all counts as whole."""
    for back in range(1, min(4, len(content)) + 1):
        byte = content[-back]
        if byte & 0xC0 == 0xC0:
            needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2
            return len(content) if back >= needed else len(content) - back
        if byte & 0x80 == 0:
            break
    return len(content)


def log_part(path: Path, after: int | None, limit: int, *, grows: bool) -> Part:
    """A part of a log, less a last line that is still being written over while the log grows."""
    part = text_part(path, after, limit)
    end, back = part.content.rfind(b"\n") + 1, part.content.rfind(b"\r")
    if back < end or not (grows or part.next < part.size):
        return part
    return part._replace(content=part.content[: end or back or None])


def printed(text: str) -> str:
    """What of a log is to be read: what a terminal would show at its end, without progress bars.

    Of each line that is what follows its last carriage return.
    """
    found = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(line for line in found if not _BAR.search(line))


def whole_lines(content: bytes) -> bytes:
    """Without a last line that is still being written."""
    return content[: content.rfind(b"\n") + 1]


def samples_of(path: Path, after: int | None, limit: int) -> tuple[list[TrainingSample], int]:
    """The last samples, or the first ones from an offset on; and the offset at which to go on."""
    part = part_of(path, after, _SAMPLE_BYTES)
    content = whole_lines(part.content)
    lines = content.splitlines(keepends=True)
    if after is None:
        found = [sample for line in lines if (sample := _sample(line)) is not None]
        return found[-limit:], part.start + len(content)
    found, read = [], 0
    for line in lines:
        if len(found) == limit:
            break
        read += len(line)
        if (sample := _sample(line)) is not None:
            found.append(sample)
    stuck = not content and len(part.content) == _SAMPLE_BYTES  # one line longer than that
    return found, part.start + (len(part.content) if stuck else read)


def _sample(line: bytes) -> TrainingSample | None:
    try:
        said: Any = json.loads(line)
        reward = said.get("reward")
        finite = isinstance(reward, int | float) and math.isfinite(reward)
        return TrainingSample(
            step=said["step"], prompt=_text(said["prompt"]), text=_text(said["text"]),
            reward=reward if finite else None,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(said: Any) -> str:
    """A text that JSON can carry; of messages, what they say."""
    if isinstance(said, list):
        said = "\n\n".join(str(message["content"]) for message in said)
    return str(said).encode("utf-8", "replace").decode()

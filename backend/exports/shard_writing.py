"""Writes one data file of a version: rows are read here while others are written beside it."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import pyarrow as pa
from sqlalchemy.orm import Session

from backend.errors import Conflict
from backend.exports.examples import Example, ExportFormat, FileKind, FormatName
from backend.exports.files import sha256_of
from backend.exports.formats import FORMATS
from backend.exports.guideline_screen import GuidelineScreen
from backend.exports.guidelines import GuidelineText
from backend.exports.rows import Row
from backend.exports.shards import Shard
from backend.exports.table_files import ShardFile, groups
from backend.exports.version_rows import read_examples

# What is read ahead: groups are what takes memory.
_AHEAD: Final = 2
_REMEDY: Final = (
    "An export is the version, all of it or nothing: reject the trace or the seed, and freeze the "
    "mixture anew."
)


class Order(NamedTuple):
    """What all files of an export have in common; rows may not hold words of the guidelines."""

    version_id: int
    format: FormatName
    kind: FileKind
    guidelines: Sequence[GuidelineText]

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return self._asdict() | {"guidelines": [list(each) for each in self.guidelines]}

    @classmethod
    def parse(cls, value: dict[str, Any]) -> Self:
        """What `as_json` has given."""
        guidelines = [GuidelineText(*each) for each in value["guidelines"]]
        return cls(**value | {"guidelines": guidelines})


class Task(NamedTuple):
    """An order, and what a process needs to carry it out."""

    version_id: int
    format: ExportFormat
    kind: FileKind
    screen: GuidelineScreen

    @classmethod
    def of(cls, order: Order) -> Self:
        """Get ready, which takes a moment where there are many guidelines."""
        screen = GuidelineScreen(order.guidelines)
        return cls(order.version_id, FORMATS[order.format], order.kind, screen)


class Written(NamedTuple):
    """What is in a file that is whole: the sum of its rows' tokens; its size and SHA-256."""

    tokens: int
    bytes: int
    sha256: str


class _Made(NamedTuple):
    """A group of examples as rows of a format, twice: one by one, and as a table."""

    examples: list[Example]
    rows: list[Row]
    table: pa.Table


def write_shard(
    session: Session, task: Task, shard: Shard, draft: Path, after_group: Callable[[int], None]
) -> Written:
    """Write the rows of a shard.

    Reading waits for the database, making rows is the interpreter's, and writing is the
    compressor's, so that each goes on while the others do.

    Args:
        session: to read with, in the caller's thread.
        task: what to write and how.
        shard: which rows.
        draft: where to.
        after_group: called with the rows so far, each time that some were given to be written.

    Raises:
        Conflict: a row cannot be in the export; it is named, and why.
    """
    rows, tokens = 0, 0
    waiting: deque[Future[None]] = deque()
    with (
        closing(read_examples(session, task.version_id, shard.first, shard.end)) as examples,
        ShardFile(draft, task.kind, task.format.schema) as file,
        ThreadPoolExecutor(1, thread_name_prefix="shard-write") as writer,
        ThreadPoolExecutor(1, thread_name_prefix="shard-make") as maker,
    ):
        for group in groups(examples):
            while len(waiting) >= _AHEAD:
                waiting.popleft().result()
            waiting.append(writer.submit(_write, file, task, maker.submit(_make, task, group)))
            rows += len(group)
            tokens += sum(example.tokens for example in group)
            after_group(rows)
        for each in waiting:
            each.result()
    if rows != shard.rows:
        raise Conflict(f"{shard.path}: the version has {rows} of its {shard.rows} rows")
    return Written(tokens, draft.stat().st_size, sha256_of(draft))


def _make(task: Task, examples: list[Example]) -> _Made:
    rows = [_row(task, example) for example in examples]
    return _Made(examples, rows, pa.Table.from_pylist(rows, schema=task.format.schema))


def _row(task: Task, example: Example) -> Row:
    row = task.format.row(example)
    if row is None:
        lacks = "a trace" if task.format.layout == "sft" else "a reference answer"
        raise _refused(example, f"it has not {lacks}, which {task.format.name} needs")
    return row


def _write(file: ShardFile, task: Task, making: Future[_Made]) -> None:
    made = making.result()
    _look_through(task, made)
    file.write(made.rows, made.table)


def _look_through(task: Task, made: _Made) -> None:
    # All copies of a row have the same texts, and the version has the first of them.
    first = [place for place, example in enumerate(made.examples) if example.copy_number == 0]
    if not first:
        return
    all_are = len(first) == len(made.rows)
    only = made.table if all_are else made.table.take(pa.array(first))
    found = task.screen.find([made.rows[place] for place in first], only)
    if found is not None:
        place, quoted = found
        reason = f"its {quoted.field} has words of {quoted.guideline}"
        raise _refused(made.examples[first[place]], reason)


def _refused(example: Example, reason: str) -> Conflict:
    seed = example.seed
    trace = "" if seed.sample_id is None else f", trace {seed.sample_id}"
    return Conflict(
        f"row {example.position} (seed {seed.seed_id}{trace}) cannot be written: {reason}. "
        f"{_REMEDY}",
        code="row_refused",
    )

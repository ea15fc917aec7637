"""Data files of versions: Parquet and zstd-compressed JSON lines, the same bytes for the same rows.

A file is made of groups of rows (row groups of Parquet), which are cut by what the rows hold and
not by when they came.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from backend.exports.examples import Example, FileKind
from backend.exports.rows import Row

GROUP_ROWS: Final = 2000
GROUP_CHARACTERS: Final = 16 * 2**20
ZSTD_LEVEL: Final = 3
BATCH: Final = 500
# Columns of few values; of others a dictionary costs time and is given up in the end.
_FEW_VALUES: Final = frozenset(
    """
    source domain licence key_origin verdict policy model response_origin split data_source ability
    """.split()
)


def groups(examples: Iterable[Example]) -> Iterator[list[Example]]:
    """Rows as they are written together: so many, or so many characters."""
    group: list[Example] = []
    characters = 0
    for each in examples:
        group.append(each)
        seed = each.seed
        characters += len(seed.prompt) + len(seed.response or "") + len(seed.reasoning or "")
        if len(group) == GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


class ShardFile:
    """A data file under the name that it has while it is written.

    Args:
        path: where to write.
        kind: of the file.
        schema: of the rows.
    """

    def __init__(self, path: Path, kind: FileKind, schema: pa.Schema) -> None:
        self._path, self._names = path, schema.names
        self._parquet: Any = None
        self._lines: Any = None
        if kind == "parquet":
            self._parquet = pq.ParquetWriter(path, schema, **parquet_options(schema))
        else:
            self._lines = pa.CompressedOutputStream(pa.OSFile(str(path), "wb"), "zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        (self._parquet or self._lines).close()
        if raised[0] is None:
            _to_disk(self._path)

    def write(self, rows: Sequence[Row], table: pa.Table) -> None:
        """Add a group of rows, which the table holds too."""
        if self._parquet is not None:
            self._parquet.write_table(table, row_group_size=len(rows))
            return
        ordered = ({name: row[name] for name in self._names} for row in rows)
        lines = (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in ordered)
        self._lines.write(b"".join(lines))


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """How Parquet is written."""
    few = [name for name in schema.names if name in _FEW_VALUES]
    return {"compression": "zstd", "compression_level": ZSTD_LEVEL, "use_dictionary": few or False}


def read_rows(file: Any, name: str) -> Iterator[Row]:
    """The rows of a data file, a few at a time in memory.

    Args:
        file: opened for reading in binary; Parquet needs to seek.
        name: says which kind it is.

    Raises:
        ValueError: it is no such file; so do pyarrow's own errors.
    """
    if name.endswith(".parquet"):
        for batch in pq.ParquetFile(file).iter_batches(BATCH):
            yield from batch.to_pylist()
        return
    stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
    rest = b""
    while piece := stream.read(2**20):
        *lines, rest = (rest + piece).split(b"\n")
        yield from map(orjson.loads, lines)
    if rest:
        raise ValueError("the last line has no end")


def put_in_place(draft: Path, path: Path) -> None:
    """Give a whole file its name, for good."""
    draft.rename(path)
    _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

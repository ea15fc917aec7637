"""Writes an export's files: rows as they come, hashes as they go, the manifest last."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from backend.exports.columns import LINEAGE, MESSAGES
from backend.exports.rows import Row

MANIFEST = "manifest.json"
LEFT_OUT = "left_out.jsonl"
BATCH = 1000

SCHEMAS = {
    "rl": pa.schema([("prompt", MESSAGES), ("ground_truth", pa.string()), *LINEAGE]),
    "sft": pa.schema([
        ("messages", MESSAGES), ("reference_answer", pa.string()),
        ("response_origin", pa.string()), ("sample_id", pa.int64()), ("model", pa.string()),
        *LINEAGE,
    ]),
}  # fmt: skip


# Where a row was left out for a hit, and which.
LEFT_OUT_FIELDS = (
    "seed_id", "reason", "benchmark", "version", "split", "item_id", "method", "verdict", "score",
)  # fmt: skip


class _JsonLines:
    def __init__(self, path: Path, layout: str) -> None:
        self._file: BinaryIO = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def write(self, rows: list[Row]) -> None:
        self._file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


class _Parquet:
    def __init__(self, path: Path, layout: str) -> None:
        self._schema = SCHEMAS[layout]
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._writer.close()

    def write(self, rows: list[Row]) -> None:
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))


_WRITERS: dict[str, type[_JsonLines] | type[_Parquet]] = {
    "jsonl": _JsonLines,
    "parquet": _Parquet,
}


def write_rows(
    folder: Path, layout: str, formats: Iterable[str], rows: Iterable[Row]
) -> Iterator[int]:
    """Write `data.<format>` files; yields the number of rows so far after each batch."""
    done = 0
    with ExitStack() as stack:
        writers = [_WRITERS[name](folder / f"data.{name}", layout) for name in formats]
        for writer in writers:
            stack.enter_context(writer)
        batches = iter(rows)
        while batch := list(islice(batches, BATCH)):
            for writer in writers:
                writer.write(batch)
            done += len(batch)
            yield done


class LeftOutFile:
    """The list of what an export left out for its hits, written as it comes."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self._file: BinaryIO = (folder / LEFT_OUT).open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def write(self, entry: Row) -> None:
        """Add an entry; fields of `LEFT_OUT_FIELDS` that it lacks are null."""
        full = {name: entry.get(name) for name in LEFT_OUT_FIELDS}
        self._file.write(orjson.dumps(full, option=orjson.OPT_APPEND_NEWLINE))
        self.rows += 1


def sha256_of(path: Path) -> str:
    """The file's hash, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_files(
    folder: Path, formats: Iterable[str], rows: int, left_out: int
) -> list[dict[str, Any]]:
    """Name, hash, size and rows of each file, for the manifest."""
    counts = {f"data.{name}": rows for name in formats} | {LEFT_OUT: left_out}
    return [
        {
            "name": name, "sha256": sha256_of(folder / name),
            "bytes": (folder / name).stat().st_size, "rows": count,
        }
        for name, count in counts.items()
    ]  # fmt: skip


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest atomically: where it stands, the export is whole."""
    draft = folder / f".{MANIFEST}.draft"
    with draft.open("wb") as file:
        file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / MANIFEST)

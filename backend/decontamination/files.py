"""Rows of a benchmark file: JSON, CSV (both also gzipped), Parquet or Arrow, read as a stream."""

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from backend.errors import Invalid, TooLarge
from backend.seeds.rows import RowRejected
from backend.seeds.uploads import MAX_LINE_BYTES, Body, rows_of_array, rows_of_lines

_PIECE: Final = 2**20
_BATCH: Final = 100
_LFS_POINTER: Final = b"version https://git-lfs.github.com/"
_ARROW_FILE: Final = b"ARROW1"

# By default a field of CSV has at most 131,072 characters: fewer than an item may have.
csv.field_size_limit(MAX_LINE_BYTES)


def read_rows(file: BinaryIO, name: str, max_bytes: int) -> Iterator[Any]:
    """The rows of a file, whose format its name tells.

    Args:
        file: open at its start, and seekable.
        name: ends in .jsonl, .ndjson, .json or .csv, with .gz or without, .parquet or .arrow.
        max_bytes: most bytes of unpacked content.

    Yields:
        A row's value, or the `RowRejected` that it deserves.

    Raises:
        Invalid: another format, or the file as a whole is broken.
        TooLarge: it unpacks to more than `max_bytes`.
    """
    lowered = name.lower()
    plain = lowered.removesuffix(".gz")
    _refuse_pointer(file, name)
    if lowered.endswith(".parquet"):
        return _rows_of_batches(_parquet_batches(file), name, max_bytes)
    if lowered.endswith(".arrow"):
        return _rows_of_batches(_arrow_batches(file), name, max_bytes)
    text = Body(iter(partial(file.read, _PIECE), b""), gzipped=plain != lowered, limit=max_bytes)
    if plain.endswith((".jsonl", ".ndjson")):
        return rows_of_lines(text)
    if plain.endswith(".json"):
        return _rows_of_json(iter(text))
    if plain.endswith(".csv"):
        return _rows_of_csv(_text_lines(iter(text)))
    message = (
        f"{name}: send .jsonl, .json or .csv (also .gz), .parquet, .arrow, or a folder as .zip"
    )
    raise Invalid(message, field="file", code="unknown_format")


def _refuse_pointer(file: BinaryIO, name: str) -> None:
    begins = file.read(len(_LFS_POINTER))
    file.seek(0)
    if begins == _LFS_POINTER:
        message = f"{name} only points to its data: fetch them first (git lfs pull)"
        raise Invalid(message, field="file", code="lfs_pointer")


def _rows_of_json(pieces: Iterator[bytes]) -> Iterator[Any]:
    """One array, or one value a line: files named .json hold either."""
    first = next(pieces, b"")
    is_array = first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")
    return (rows_of_array if is_array else rows_of_lines)(chain([first], pieces))


def _rows_of_csv(lines: Iterator[str]) -> Iterator[Any]:
    reader = csv.DictReader(lines, strict=True)
    while True:
        try:
            yield next(reader)
        except csv.Error as error:
            yield RowRejected("not_csv", None, f"line {reader.line_num}: {error}")
        except StopIteration:
            return


def _text_lines(pieces: Iterator[bytes]) -> Iterator[str]:
    # Bytes that are no UTF-8 become lone surrogates, which the check of each text then names.
    begun = ""
    for text in codecs.iterdecode(pieces, "utf-8-sig", "surrogateescape"):
        *lines, begun = (begun + text).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(begun) > MAX_LINE_BYTES:
            message = f"a line is longer than {MAX_LINE_BYTES:,} characters"
            raise Invalid(message, field="file", code="too_large")
    if begun:
        yield begun


def _parquet_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    # Buffered in advance, all of the file would be held in memory.
    yield from pq.ParquetFile(file, pre_buffer=False).iter_batches(_BATCH)


def _arrow_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    is_file = file.read(len(_ARROW_FILE)) == _ARROW_FILE
    file.seek(0)
    if not is_file:
        yield from pa.ipc.open_stream(file)
        return
    opened = pa.ipc.open_file(file)
    yield from map(opened.get_batch, range(opened.num_record_batches))


def _rows_of_batches(batches: Iterator[pa.RecordBatch], name: str, max_bytes: int) -> Iterator[Any]:
    size = 0
    try:
        for batch in batches:
            # Offsets of a broken file may point anywhere: reading by them would end the process.
            batch.validate(full=True)
            size += batch.nbytes
            if size > max_bytes:
                raise TooLarge(f"{name} unpacks to more than {max_bytes:,} bytes")
            for start in range(0, batch.num_rows, _BATCH):
                yield from batch.slice(start, _BATCH).to_pylist()
    # The last two: dates that Python has not, and zones that nobody knows.
    except (pa.ArrowException, OSError, ValueError, OverflowError, LookupError) as error:
        message = f"{name} is broken, or of another format: {error}"
        raise Invalid(message, field="file", code="broken") from error

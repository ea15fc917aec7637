"""Rows of a benchmark file: JSON lines, CSV (both also gzipped) or Parquet, read as a stream."""

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from backend.errors import Invalid
from backend.seeds.rows import RowRejected
from backend.seeds.uploads import MAX_LINE_BYTES, Body, rows_of_lines

_PIECE: Final = 2**20
_PARQUET_BATCH: Final = 1000


def read_rows(file: BinaryIO, name: str, max_bytes: int) -> Iterator[Any]:
    """The rows of a file, whose format its name tells.

    Args:
        file: open at its start.
        name: ends in .jsonl, .ndjson or .csv, with .gz or without, or in .parquet.
        max_bytes: most bytes of unpacked text.

    Yields:
        A row's value, or the `RowRejected` that it deserves.

    Raises:
        Invalid: another format, or the file as a whole is broken.
        TooLarge: it unpacks to more than `max_bytes`.
    """
    lowered = name.lower()
    plain = lowered.removesuffix(".gz")
    text = Body(iter(partial(file.read, _PIECE), b""), gzipped=plain != lowered, limit=max_bytes)
    if lowered.endswith(".parquet"):
        return _rows_of_parquet(file)
    if plain.endswith((".jsonl", ".ndjson")):
        return rows_of_lines(text)
    if plain.endswith(".csv"):
        return _rows_of_csv(_text_lines(iter(text)))
    message = f"{name}: send .jsonl or .csv (also .gz) or .parquet"
    raise Invalid(message, field="file", code="unknown_format")


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


def _rows_of_parquet(file: BinaryIO) -> Iterator[Any]:
    try:
        for batch in pq.ParquetFile(file).iter_batches(_PARQUET_BATCH):
            yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        message = f"the Parquet file is broken: {error}"
        raise Invalid(message, field="file", code="broken") from error

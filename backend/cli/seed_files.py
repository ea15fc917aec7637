"""Files of seeds, row by row: JSON lines, CSV and Parquet, in bounded memory.

A row comes as it would be sent to the API. What cannot be read as a row comes as the bytes that
stand there, for the API to say what is wrong with them.
"""

import csv
import gzip
import io
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

import orjson

UNREADABLE: Final = (OSError, ValueError, EOFError, csv.Error, zlib.error)
"""What reading a file that is missing, damaged or of another kind may raise."""
ENDINGS: Final = ".jsonl, .ndjson, .csv (or these with .gz) or .parquet"
FIELDS: Final = ("prompt", "source", "external_id", "domain", "answer", "licence", "metadata")
# The API wants text where files like to have numbers.
_TEXT_FIELDS: Final = ("external_id", "answer")


class Reading(Protocol):
    """How rows of a file become rows to send; `recipe` is what the API is told of them."""

    @property
    def recipe(self) -> str | None: ...

    def row(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The row to send."""


@dataclass(frozen=True)
class PublicSet:
    """Rows of a set that the API knows by name: as they stand, but for columns it does not read."""

    recipe: str
    columns: frozenset[str]

    def row(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The row to send."""
        return {name: value for name, value in raw.items() if name in self.columns}


@dataclass(frozen=True)
class Columns:
    """How a file's columns become fields.

    Attributes:
        mapping: the column of a field, for fields that are called something else there.
        source: the source of rows that name none.
        keep_rest: whether columns that are no fields go into the metadata.
    """

    mapping: Mapping[str, str]
    source: str | None
    keep_rest: bool
    recipe: None = None

    def row(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The row to send."""
        named = {column: field for field, column in self.mapping.items()}
        row: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        for column, value in raw.items():
            field = named.get(column, column)
            # A field that is mapped to another column is not read from the one of its name.
            own = column in named or column not in self.mapping
            kept = row if own and (field in FIELDS or not self.keep_rest) else rest
            kept[field if kept is row else column] = value
        given = row.get("metadata") or {}
        if rest and self.keep_rest and isinstance(given, dict):  # the API says what else it is
            row["metadata"] = {**rest, **given}
        for field in _TEXT_FIELDS:
            if type(row.get(field)) in (int, float):
                row[field] = str(row[field])
        if self.source is not None and not row.get("source"):
            row["source"] = self.source
        return row


Rows = Iterator[dict[str, Any] | bytes]


@dataclass
class SeedFile:
    """An open file: its rows, and how far it is read, of what in all (bytes, or rows)."""

    rows: Rows
    total: int
    position: Callable[[], int]


def files_of(path: Path) -> list[Path]:
    """The file, or all files of seeds in a folder as public sets are laid out, in their order.

    Raises:
        ValueError: there is none in the folder.
    """
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if _kind(file) is not None)
    if not found:
        raise ValueError(f"there is no file in it that ends in {ENDINGS}")
    return found


def _kind(path: Path) -> str | None:
    """What a file holds, by its ending."""
    name = path.name.lower()
    packable = name.removesuffix(".gz")
    if packable.endswith((".jsonl", ".ndjson")):
        return "lines"
    if packable.endswith(".csv"):
        return "csv"
    return "parquet" if name.endswith(".parquet") else None


@contextmanager
def open_seeds(path: Path) -> Iterator[SeedFile]:
    """Open a file by its ending: .jsonl, .ndjson, .csv (each also .gz), .parquet.

    Raises:
        UNREADABLE: one of these, at once or while rows are read.
    """
    kind = _kind(path)
    if kind is None:
        raise ValueError(f"a file of seeds ends in {ENDINGS}")
    if kind == "parquet":
        yield _parquet(path)
        return
    packed = path.suffix.lower() == ".gz"
    with path.open("rb") as raw, gzip.open(raw) if packed else nullcontext(raw) as plain:
        # Held here, because a text that is let go closes its file.
        text = io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
        rows = _csv_rows(text) if kind == "csv" else _json_rows(text.buffer)
        yield SeedFile(rows, path.stat().st_size, raw.tell)


def _json_rows(file: Iterable[bytes]) -> Rows:
    for number, line in enumerate(file):
        stripped = (line if number else line.removeprefix(BOM_UTF8)).strip()
        if not stripped:
            continue
        try:
            row = orjson.loads(stripped)
        except orjson.JSONDecodeError:
            yield stripped
        else:
            yield row if isinstance(row, dict) else stripped


def _csv_rows(file: IO[str]) -> Rows:
    csv.field_size_limit(2**31 - 1)
    for row in csv.DictReader(file, restkey="a column without a name"):
        found: dict[str, Any] = {name: value for name, value in row.items() if value}
        if str(found.get("metadata", "")).startswith("{"):
            try:
                found["metadata"] = orjson.loads(found["metadata"])
            except orjson.JSONDecodeError:
                pass  # the API will say that this is no object
        yield found


def _parquet(path: Path) -> SeedFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise ValueError(f"no Parquet file: {error}") from error
    seen = 0

    def rows() -> Rows:
        nonlocal seen
        for batch in file.iter_batches(batch_size=1000):
            for row in _values(batch):
                yield {name: value for name, value in row.items() if value is not None}
                seen += 1

    return SeedFile(rows(), file.metadata.num_rows, lambda: seen)


def _values(batch: Any) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = batch.to_pylist()
    except (OverflowError, LookupError) as error:  # dates that Python has not, unknown zones
        raise ValueError(f"a value cannot be read: {error}") from error
    return found

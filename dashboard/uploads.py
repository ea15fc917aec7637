"""Pure: an uploaded file -> rows, and rows -> the NDJSON lines that the API takes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as parquet

from dashboard.rows import Recipe, RowError, RowResult

SEED_FIELDS = ("prompt", "source", "external_id", "domain", "answer", "licence", "metadata")
SYNONYMS = {
    "prompt": ("prompt", "question", "problem", "instruction", "text"),
    "answer": ("answer", "final_answer", "solution", "ground_truth"),
    "external_id": ("external_id", "id", "uid"),
    "domain": ("domain", "subject", "category", "topic"),
    "licence": ("licence", "license"),
    "source": ("source",),
    "metadata": ("metadata",),
}
BATCH = 1000
# Fewer columns could be any file's.
TELLING = 4

# A row's place in its file, counted from 1, and its columns; or why it could not be read.
NumberedRow = tuple[int, dict[str, Any] | RowError]


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the text says why."""


def read_rows(file: IO[bytes], filename: str) -> Iterator[NumberedRow]:
    """The rows of a .jsonl, .csv or .parquet file, lazily.

    Raises:
        UnreadableFile: another kind of file, or a damaged one.
    """
    file.seek(0)
    if filename.lower().endswith((".jsonl", ".ndjson")):
        return _json_lines(file)
    if filename.lower().endswith(".csv"):
        return _csv_rows(file)
    if filename.lower().endswith(".parquet"):
        return _parquet_rows(file)
    raise UnreadableFile("Choose a .jsonl, .csv or .parquet file.")


def _json_lines(file: IO[bytes]) -> Iterator[NumberedRow]:
    for number, line in enumerate(file, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if text.strip():
            yield number, _parsed(number, text)


def _parsed(number: int, line: bytes) -> dict[str, Any] | RowError:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return RowError(row=number, field=None, code="not_json", message="the line is not JSON")
    if not isinstance(value, dict):
        return RowError(row=number, field=None, code="not_an_object", message="not a JSON object")
    return value


def _csv_rows(file: IO[bytes]) -> Iterator[NumberedRow]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        for number, row in enumerate(csv.DictReader(text, strict=True), start=1):
            if None in row:
                message = "more values than the header has columns"
                yield number, RowError(row=number, field=None, code="too_many", message=message)
            else:
                yield number, {k: v for k, v in row.items() if v not in (None, "")}
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not UTF-8 text.") from error
    except csv.Error as error:
        raise UnreadableFile(f"The file is not well-formed CSV: {error}.") from error
    finally:
        text.detach()


def _parquet_rows(file: IO[bytes]) -> Iterator[NumberedRow]:
    number = 0
    try:
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                number += 1
                yield number, {k: v for k, v in row.items() if v is not None}
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(f"The file is not readable Parquet: {error}.") from error


def preview(file: IO[bytes], filename: str, count: int = 5) -> list[dict[str, Any]]:
    """The first readable rows."""
    rows = (row for _, row in islice(read_rows(file, filename), 50))
    return list(islice((row for row in rows if not is_error(row)), count))  # type: ignore[misc]


def is_error(row: Mapping[str, Any]) -> bool:
    """Whether this is a RowError and not a row of the file."""
    return set(row) == {"row", "field", "code", "message"}


def guess_columns(columns: Sequence[str]) -> dict[str, str | None]:
    """For each field of a seed the column that most likely holds it."""
    by_name = {column.lower().strip(): column for column in columns}
    return {
        field: next((by_name[name] for name in SYNONYMS[field] if name in by_name), None)
        for field in SEED_FIELDS
    }


AsSent = Callable[[Mapping[str, Any]], dict[str, Any]]
"""A row of the file -> the row that is sent."""


def mapped(columns: Mapping[str, str | None], defaults: Mapping[str, str]) -> AsSent:
    """Rows whose columns were chosen by hand.

    `columns` maps fields to columns; `source` and `licence` hold for rows that name none.
    """

    def as_sent(row: Mapping[str, Any]) -> dict[str, Any]:
        named = {f: row[c] for f, c in columns.items() if c is not None and c in row}
        for field in ("external_id", "answer"):
            if isinstance(named.get(field), int | float):
                named[field] = str(named[field])
        return {**defaults, **named}

    return as_sent


def as_it_stands(columns: Sequence[str]) -> AsSent:
    """Rows of a public set, but for columns that its recipe does not read."""
    return lambda row: {name: row[name] for name in columns if name in row}


def recipe_of(columns: Sequence[str], recipes: Sequence[Recipe]) -> Recipe | None:
    """The public set whose columns these are, where enough of them are there to tell."""
    known = [
        recipe
        for recipe in recipes
        if len(recipe["columns"]) >= TELLING and set(recipe["columns"]) <= set(columns)
    ]
    return max(known, key=lambda recipe: len(recipe["columns"]), default=None)


class SeedLines:
    """Iterates NDJSON lines of seeds; remembers which row of the file each line was."""

    def __init__(
        self,
        rows: Iterable[NumberedRow],
        as_sent: AsSent,
        on_progress: Callable[[int], None],
    ) -> None:
        self._rows, self._as_sent, self._on_progress = rows, as_sent, on_progress
        self.numbers: list[int] = []
        self.unreadable: list[RowError] = []

    def __iter__(self) -> Iterator[bytes]:
        lines: list[bytes] = []
        for number, row in self._rows:
            if is_error(row):
                self.unreadable.append(row)  # type: ignore[arg-type]
                continue
            self.numbers.append(number)
            lines.append(json.dumps(self._as_sent(row), default=str).encode() + b"\n")
            if len(lines) == BATCH:
                yield b"".join(lines)
                lines = []
                self._on_progress(len(self.numbers))
        if lines:
            yield b"".join(lines)

    def rejected(self, results: Sequence[RowResult]) -> list[RowError]:
        """What was refused here and by the API, by row of the file."""
        refused = [self._refused(result) for result in results if result["status"] == "rejected"]
        return sorted(self.unreadable + refused, key=lambda error: error["row"])

    def _refused(self, result: RowResult) -> RowError:
        error = result["error"] or {}
        return RowError(
            row=self.numbers[result["index"]],
            field=error.get("field"),
            code=str(error.get("code")),
            message=str(error.get("message")),
        )


def _inert(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: other people's text would be run."""
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table to download; an apostrophe goes before a text that would be a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue()

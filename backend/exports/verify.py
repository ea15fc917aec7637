"""Checks an export's folder against its manifest: nothing missing, nothing changed.

And against guidelines, row by row as it is read: none of them may hold a word of what only
teachers were shown.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from backend.exports.files import (
    BATCH,
    LEFT_OUT,
    LEFT_OUT_FIELDS,
    MANIFEST,
    SCHEMAS,
    sha256_of,
)
from backend.exports.guidelines import GuidelineCheck, GuidelineText


def verify(folder: Path) -> list[str]:
    """What is wrong with the export, in words; an empty list means that it is whole."""
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{MANIFEST} is missing: the export was not finished"]
    try:
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
        entries = manifest["files"]
        return [fault for entry in entries for fault in _faults(folder, manifest, entry)]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{MANIFEST} cannot be read: {error!r}"]


def quoted_guidelines(folder: Path, guidelines: Sequence[GuidelineText]) -> Iterator[str]:
    """The rows of a whole export that have words of a guideline, each with its field, in words."""
    check = GuidelineCheck(guidelines)
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    for entry in manifest["files"]:
        for number, row in enumerate(_rows(folder / entry["name"]), start=1):
            if (quoted := check.find(row)) is not None:
                yield (
                    f"{entry['name']}, row {number}, {quoted.field}: it has words of "
                    f"{quoted.guideline}"
                )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches(BATCH):
            yield from batch.to_pylist()
        return
    with path.open("rb") as lines:
        yield from map(orjson.loads, lines)


def certificate_of(folder: Path) -> str:
    """What a whole export says of the benchmarks that it was checked against, in words."""
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    said = manifest.get("decontamination") or {}
    return str(said.get("summary") or f"{MANIFEST} does not say which benchmarks were missing.")


def _faults(folder: Path, manifest: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    path = folder / entry["name"]
    if not path.is_file():
        return [f"{entry['name']} is missing"]
    if sha256_of(path) != entry["sha256"]:
        return [f"{entry['name']} has changed: its hash is not the manifest's"]
    is_list = entry["name"] == LEFT_OUT
    expected = list(LEFT_OUT_FIELDS) if is_list else SCHEMAS[manifest["layout"]].names
    try:
        rows, faults = _read(path, expected)
    except (pa.ArrowException, OSError) as error:
        return [f"{entry['name']} cannot be read: {error}"]
    if rows != entry["rows"]:
        faults.append(f"{entry['name']} holds {rows} rows, the manifest says {entry['rows']}")
    return faults


def _read(path: Path, expected: list[str]) -> tuple[int, list[str]]:
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        wrong = file.schema_arrow.names != expected
        return file.metadata.num_rows, [f"{path.name} has other columns"] if wrong else []
    rows, faults = 0, []
    with path.open("rb") as lines:
        for rows, line in enumerate(lines, start=1):
            try:
                fields = list(orjson.loads(line))
            except (ValueError, TypeError) as error:
                faults.append(f"{path.name}, row {rows}: it is no row: {error}")
                continue
            if fields != expected:
                faults.append(f"{path.name}, row {rows}: other fields than {', '.join(expected)}")
    return rows, faults

"""Exports as the engine writes them: files of a few rows each, a card and Croissant beside them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from backend.exports.examples import Example, ExportFormat, FileKind, WrittenFile
from backend.exports.rows import Row
from tests.format_examples import facts


def written(
    folder: Path, format_: ExportFormat, kind: FileKind, examples: Sequence[Example], most: int = 3
) -> dict[str, list[Row]]:
    """Write an export of a format, and give the rows of each split as they were written."""
    rows: dict[str, list[Row]] = {"train": [], "validation": []}
    for one in examples:
        if (row := format_.row(one)) is not None:
            rows[one.split].append(row)
    (folder / "data").mkdir(parents=True)
    files = [
        file
        for split, found in rows.items()
        for file in _files(folder, format_, kind, split, found, most)
    ]
    for name, text in format_.companions(facts(kind=kind, files=files)).items():
        (folder / name).write_text(text, "utf-8")
    return {split: found for split, found in rows.items() if found}


def _files(
    folder: Path, format_: ExportFormat, kind: FileKind, split: str, rows: list[Row], most: int
) -> list[WrittenFile]:
    parts = [rows[at : at + most] for at in range(0, len(rows), most)]
    found = []
    for number, part in enumerate(parts):
        path = f"data/{split}-{number:05}-of-{len(parts):05}.{kind}"
        if kind == "parquet":
            table = pa.Table.from_pylist(part, schema=format_.schema)
            pq.write_table(table, folder / path, compression="zstd")
        else:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
            (folder / path).write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))
        content = (folder / path).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        found.append(WrittenFile(path, split, digest, len(content), len(part)))
    return found

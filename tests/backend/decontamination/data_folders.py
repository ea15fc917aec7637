"""Folders as the library `datasets` and the Hugging Face hub leave them."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from backend.decontamination.archives import pack

Rows = list[dict[str, Any]]


def arrow_of(rows: Rows) -> bytes:
    """An Arrow stream: what the library writes."""
    file, table = io.BytesIO(), pa.Table.from_pylist(rows)
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def arrow_file_of(rows: Rows) -> bytes:
    """An Arrow file, which is random access."""
    file, table = io.BytesIO(), pa.Table.from_pylist(rows)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def parquet_of(rows: Rows) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def write(folder: Path, **files: bytes | str) -> Path:
    """Files by their paths in the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def save_to_disk(
    folder: Path, *shards: Rows, split: str | None = None, info: dict[str, Any] | None = None
) -> Path:
    """A `Dataset` in as many shards."""
    names = [f"data-{n:05}-of-{len(shards):05}.arrow" for n in range(len(shards))]
    state = {"_data_files": [{"filename": name} for name in names], "_split": split}
    contents = {name: arrow_of(rows) for name, rows in zip(names, shards, strict=True)}
    about = {"state.json": json.dumps(state), "dataset_info.json": json.dumps(info or {})}
    return write(folder, **contents, **about)


def zipped(folder: Path) -> bytes:
    file = io.BytesIO()
    pack(folder, file)
    return file.getvalue()


def zip_of(**files: bytes) -> bytes:
    """A zip file with exactly these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()

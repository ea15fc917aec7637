"""An export's folder: its manifest and hashes are checked, then its rows are streamed.

Two forms are read: exports of accepted seeds (`data.jsonl` or `data.parquet`), and exports of a
mixture's version, whose rows lie in `data/train-00000-of-00002.parquet` or `.jsonl.zst`, in the
version's order, copies included, with a validation split of their own where the mixture has one.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST: Final = "manifest.json"
# Of manifests of versions; those of accepted seeds have none.
KNOWN: Final = 1
# Of a small export, the first that is there.
_WHOLE: Final = ("data.jsonl", "data.parquet")
_KINDS: Final = (".parquet", ".jsonl.zst", ".jsonl")
_BATCH: Final = 256
_FORMATS: Final = {"sft": "trl-sft", "rl": "trl-grpo"}

Row = dict[str, Any]
Layout = Literal["sft", "rl"]
Side = Literal["train", "validation"]


class BadExport(ValueError):
    """A folder that is no whole export of the layout asked for."""


class BadRow(BadExport):
    """A row that cannot be trained on.

    Attributes:
        seed_id: of its seed, where it says so.
        row: its number among the rows of its side, from 1.
    """

    def __init__(self, said: str, seed_id: int | None, row: int) -> None:
        super().__init__(said)
        self.seed_id, self.row = seed_id, row


class DataFile(NamedTuple):
    """A file of rows; its path is relative, and its side None where rows are not split."""

    path: str
    side: Side | None
    sha256: str


class Export(NamedTuple):
    """An export that is whole.

    Attributes:
        folder: where it lies.
        layout: `sft` or `rl`.
        manifest: what it says of itself.
        hash: SHA-256 of the manifest, by which a checkpoint names its export.
        files: its rows, in their order.
    """

    folder: Path
    layout: Layout
    manifest: dict[str, Any]
    hash: str
    files: Sequence[DataFile]

    @property
    def is_version(self) -> bool:
        """Whether it is of a mixture's version, which has said where each row stands."""
        return any(file.side is not None for file in self.files)

    @property
    def has_validation(self) -> bool:
        """Whether some rows are held out by the export itself."""
        return any(file.side == "validation" for file in self.files)


def open_export(folder: Path, layout: Layout, *, hashes: bool = True) -> Export:
    """Check an export against its manifest.

    Args:
        folder: as Seedbed wrote it.
        layout: what the training needs.
        hashes: whether to read all files for their hashes; one process of a run is enough.

    Raises:
        BadExport: it is not whole, has changed, or is of the other layout; the text says what.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BadExport(f"{folder} has no {MANIFEST}: it is no finished export")
    content = path.read_bytes()
    try:
        manifest = json.loads(content)
        if manifest.get("manifest_version", KNOWN) != KNOWN:
            raise BadExport(f"{path} is of a version that is not known here")
        found = manifest["layout"]
        files = [_data_file(entry) for entry in manifest["files"]]
    except BadExport:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadExport(f"{path} cannot be read: {error!r}") from error
    if found != layout:
        raise BadExport(f"{folder} is an export of layout {found}; this training needs {layout}")
    if (form := manifest.get("format")) not in (None, _FORMATS[layout]):
        raise BadExport(f"{folder} has the format {form}; this training needs {_FORMATS[layout]}")
    rows = _rows_of(folder, files)
    for file in rows:
        _check(folder / file.path, file.sha256 if hashes else None)
    return Export(folder, layout, manifest, hashlib.sha256(content).hexdigest(), rows)


def _data_file(entry: dict[str, Any]) -> DataFile:
    path = PurePosixPath(entry["name"])
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{path} lies outside the export")
    side = entry.get("split") if path.parts[0] == "data" else None
    if side not in (None, "train", "validation"):
        raise ValueError(f"{path} is of an unknown split: {side}")
    return DataFile(str(path), side, entry["sha256"])


def _rows_of(folder: Path, files: Sequence[DataFile]) -> list[DataFile]:
    """The files to read: shards by their names, which end in their numbers."""
    if shards := [file for file in files if file.side is not None]:
        if unknown := [file.path for file in shards if not file.path.endswith(_KINDS)]:
            raise BadExport(f"{folder}: {unknown[0]} is neither parquet nor jsonl.zst")
        return sorted(shards)
    by_name = {file.path: file for file in files}
    for name in _WHOLE:
        if name in by_name:
            return [by_name[name]]
    raise BadExport(f"{folder} has neither data.jsonl nor data.parquet nor files of a split")


def _check(path: Path, sha256: str | None) -> None:
    if not path.is_file():
        raise BadExport(f"{path} is missing")
    if sha256 is None:
        return
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise BadExport(f"{path} has changed since it was exported")


def rows_of(export: Export, side: Side | None = None) -> Iterator[Row]:
    """The rows of one side (or of all) in their order, each with its `row` number from 1.

    Raises:
        BadRow: a row lacks what its layout has, or stands before the one that it comes after.
    """
    number, last = 0, -1
    for file in export.files:
        if side is not None and file.side not in (None, side):
            continue
        path = export.folder / file.path
        for row in _read(path):
            number += 1
            seed_id = row.get("seed_id")
            fault = _fault(export.layout, row)
            position = row.get("position")
            if fault is None and position is not None and file.side is not None:
                fault = None if position >= last else f"position {position} after {last}"
                last = position
            if fault is not None:
                known = seed_id if isinstance(seed_id, int) else None
                raise BadRow(f"{path}, row {number} (seed {seed_id}): {fault}", known, number)
            yield {**row, "row": number}
        # Whether positions go on from side to side is the exporter's: within one they ascend.
        last = -1 if side is None else last


def _read(path: Path) -> Iterator[Row]:
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                yield from batch.to_pylist()
        return
    # By the name's end the stream knows whether it is compressed.
    with pa.input_stream(str(path)) as stream:
        for line in io.BufferedReader(stream):
            yield _parsed(line)


def _parsed(line: bytes) -> Row:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _fault(layout: Layout, row: Row) -> str | None:
    """What is wrong with a row, in words."""
    if not isinstance(row.get("seed_id"), int):
        return "it is no row with a seed"
    name, last = ("messages", "assistant") if layout == "sft" else ("prompt", "user")
    messages = row.get(name)
    if not messages:
        return f"{name} is missing"
    if not isinstance(messages, list) or not all(_is_message(one) for one in messages):
        return f"{name} is no list of messages, each with a role and a text"
    if messages[-1]["role"] != last:
        return f"{name} ends with {messages[-1]['role']}, not {last}"
    if not messages[-1]["content"].strip():
        return f"the last text of {name} is empty"
    if layout == "rl" and not (isinstance(row.get("ground_truth"), str) and row["ground_truth"]):
        return "ground_truth is missing"
    return None


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("role"), str)
        and isinstance(value.get("content"), str)
    )

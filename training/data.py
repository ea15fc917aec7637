"""An export's folder -> data sets. The manifest is checked first, row counts and hashes too.

Validation rows are held out by seed: all rows of a seed are on the same side.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

MANIFEST: Final = "manifest.json"
ROWS: Final = "data.jsonl"
_LAYOUTS: Final = {"sft": "messages", "rl": "prompt"}

Row = dict[str, Any]


class BadExport(ValueError):
    """A folder that is no whole export of the layout asked for."""


class Export(NamedTuple):
    """An export that is whole.

    Attributes:
        folder: where it lies.
        manifest: what it says of itself.
        hash: SHA-256 of the manifest, by which a checkpoint names its export.
    """

    folder: Path
    manifest: dict[str, Any]
    hash: str


def open_export(folder: Path, layout: str) -> Export:
    """Check an export against its manifest.

    Args:
        folder: as Seedbed wrote it, with its rows as JSON lines.
        layout: `sft` or `rl`.

    Raises:
        BadExport: it is not whole, has changed, or is of the other layout; the text says what.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BadExport(f"{folder} has no {MANIFEST}: it is no finished export")
    content = path.read_bytes()
    try:
        manifest = json.loads(content)
        files = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
        found = manifest["layout"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadExport(f"{path} cannot be read: {error!r}") from error
    if found != layout:
        raise BadExport(f"{folder} is an export of layout {found}; this training needs {layout}")
    if ROWS not in files:
        raise BadExport(f"{folder} has no {ROWS}: export it as JSON lines too")
    with (folder / ROWS).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != files[ROWS]:
            raise BadExport(f"{folder / ROWS} has changed since it was exported")
    return Export(folder, manifest, hashlib.sha256(content).hexdigest())


def rows_of(export: Export) -> Iterator[Row]:
    """The rows in their order, each with its `row` number, counted from 1.

    Raises:
        BadExport: a row lacks what its layout has; the row is named.
    """
    needed = _LAYOUTS[export.manifest["layout"]]
    with (export.folder / ROWS).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            if not row.get(needed):
                raise BadExport(f"{export.folder / ROWS}, row {number}: {needed} is missing")
            yield {**row, "row": number}


def is_held_out(seed_id: int, share: float, random_seed: int) -> bool:
    """Whether a seed is for validation; a hash decides, so that order and number do not matter."""
    digest = hashlib.sha256(f"{random_seed}:{seed_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def sft_rows(export: Export, share: float, random_seed: int) -> tuple[list[Row], list[Row]]:
    """Conversations to train on, and those held out.

    Raises:
        BadExport: a row is wrong, or nothing is left to train on.
    """
    train: list[Row] = []
    held_out: list[Row] = []
    for row in rows_of(export):
        side = held_out if is_held_out(row["seed_id"], share, random_seed) else train
        side.append({name: row[name] for name in ("messages", "seed_id", "row")})
    if not train:
        raise BadExport(f"{export.folder} holds nothing to train on")
    return train, held_out


def rl_rows(export: Export) -> list[Row]:
    """Prompts with their keys.

    Raises:
        BadExport: a row is wrong, or there is none.
    """
    rows = [
        {name: row[name] for name in ("prompt", "ground_truth", "seed_id", "row")}
        for row in rows_of(export)
    ]
    if not rows:
        raise BadExport(f"{export.folder} holds nothing to train on")
    return rows

"""Exports of mixture versions, as far as training reads them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

FORMATS = {"sft": "trl-sft", "rl": "trl-grpo"}


def sft_row(seed_id: int, position: int, split: str = "train", **more: Any) -> dict[str, Any]:
    """A row of format trl-sft whose question names its seed."""
    messages = [
        {"role": "user", "content": f"seed {seed_id}"},
        {"role": "assistant", "content": f"<think>{seed_id}</think>\\boxed{{{seed_id}}}"},
    ]
    lineage = {"seed_id": seed_id, "family": seed_id, "split": split, "position": position}
    return {"messages": messages, "copy_number": 1, **lineage, **more}


def rl_row(seed_id: int, position: int, split: str = "train", **more: Any) -> dict[str, Any]:
    """A row of format trl-grpo."""
    prompt = [{"role": "user", "content": f"seed {seed_id}"}]
    lineage = {"seed_id": seed_id, "family": seed_id, "split": split, "position": position}
    return {"prompt": prompt, "ground_truth": str(seed_id), "score": 0.5, **lineage, **more}


def version_export(
    folder: Path,
    layout: str,
    rows: Sequence[dict[str, Any]],
    kind: str = "parquet",
    shards: int = 2,
) -> Path:
    """Write rows to the shards of their splits, and the manifest."""
    (folder / "data").mkdir(parents=True)
    files = []
    for split in ("train", "validation"):
        if mine := [row for row in rows if row["split"] == split]:
            size = -(-len(mine) // shards)
            parts = [mine[start : start + size] for start in range(0, len(mine), size)]
            for number, part in enumerate(parts):
                path = f"data/{split}-{number:05}-of-{len(parts):05}.{kind}"
                write(folder / path, part)
                digest = hashlib.sha256((folder / path).read_bytes()).hexdigest()
                files.append({"name": path, "split": split, "sha256": digest, "rows": len(part),
                              "bytes": (folder / path).stat().st_size})  # fmt: skip
    manifest = {
        "manifest_version": 1, "export": 3, "name": "maths for all", "format": FORMATS[layout],
        "kind": kind, "layout": layout, "rows": len(rows),
        "mixture": {"name": "maths", "version": 2, "rows_hash": "0"},
        "files": [*files, {"name": "README.md", "sha256": "0", "bytes": 1, "rows": None}],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as one file, of the kind that its name says."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        return
    with pa.output_stream(str(path), compression="zstd") as stream:
        for row in rows:
            stream.write(json.dumps(row).encode() + b"\n")

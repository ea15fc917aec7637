"""Exports as training reads them: whole, or told what is wrong, down to the row and its seed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.version_exports import rl_row, sft_row, version_export, write
from training import tiny
from training.exports import BadExport, BadRow, open_export, rows_of

PROBLEMS = tiny.sums(5)


def test_export_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = tiny.sft_export(tmp_path / "sft", PROBLEMS)
    with pytest.raises(BadExport, match="this training needs rl"):
        open_export(folder, "rl")
    (folder / "data.jsonl").write_text("{}\n")
    with pytest.raises(BadExport, match="has changed since"):
        open_export(folder, "sft")
    assert open_export(folder, "sft", hashes=False).layout == "sft"
    (folder / "data.jsonl").unlink()
    with pytest.raises(BadExport, match=r"data.jsonl is missing"):
        open_export(folder, "sft", hashes=False)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(BadExport, match="cannot be read"):
        open_export(folder, "sft")
    (folder / "manifest.json").unlink()
    with pytest.raises(BadExport, match="no finished export"):
        open_export(folder, "sft")


@pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])
def test_shard_that_has_changed_or_is_missing_is_refused(tmp_path: Path, kind: str) -> None:
    rows = [sft_row(seed, seed) for seed in range(4)]
    folder = version_export(tmp_path / "v", "sft", rows, kind)
    shard = folder / f"data/train-00001-of-00002.{kind}"
    shard.write_bytes(shard.read_bytes() + b" ")
    with pytest.raises(BadExport, match=r"train-00001.* has changed since"):
        open_export(folder, "sft")
    shard.unlink()
    with pytest.raises(BadExport, match=r"train-00001.* is missing"):
        open_export(folder, "sft")


def manifest(folder: Path, **changes: Any) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


def test_manifest_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = version_export(tmp_path / "v", "sft", [sft_row(1, 0)])
    entry = {"sha256": "0", "rows": 1}
    for files, said in (
        ([{"name": "../x.parquet", "split": "train", **entry}], "lies outside the export"),
        ([{"name": "data/x.parquet", "split": "test", **entry}], "unknown split: test"),
        ([{"name": "data/x.csv", "split": "train", **entry}], "neither parquet nor jsonl.zst"),
        ([{"name": "left_out.jsonl", **entry}], "neither data.jsonl nor data.parquet"),
    ):
        with pytest.raises(BadExport, match=said):
            open_export(manifest(folder, files=files), "sft")
    with pytest.raises(BadExport, match="of a version that is not known"):
        open_export(manifest(folder, files=[], manifest_version=2), "sft")
    manifest(folder, manifest_version=1, files=[])
    with pytest.raises(BadExport, match="has the format openrlhf-sft"):
        open_export(manifest(folder, format="openrlhf-sft"), "sft")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"messages": []}, "messages is missing"),
        ({"messages": [{"role": "user", "content": "x"}]}, "messages ends with user"),
        ({"messages": [{"role": "assistant", "content": None}]}, "each with a role and a text"),
        ({"messages": [{"role": "assistant", "content": " "}]}, "the last text of messages is em"),
        ({"position": 0}, "position 0 after 1"),
    ],
)
def test_bad_row_is_named_with_its_seed(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    rows = [sft_row(11, 0), sft_row(12, 1), {**sft_row(13, 2), **change}]
    export = open_export(version_export(tmp_path / "v", "sft", rows, "jsonl.zst"), "sft")
    with pytest.raises(BadRow, match=said) as refused:
        list(rows_of(export, "train"))
    assert (refused.value.seed_id, refused.value.row) == (13, 3)
    assert "train-00001" in str(refused.value)
    assert "row 3 (seed 13)" in str(refused.value)


def test_prompt_without_a_key_is_named(tmp_path: Path) -> None:
    rows = [rl_row(11, 0), rl_row(12, 1, ground_truth="")]
    export = open_export(version_export(tmp_path / "v", "rl", rows), "rl")
    with pytest.raises(BadRow, match="ground_truth is missing"):
        list(rows_of(export))


def test_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    folder = tiny.sft_export(tmp_path / "sft", PROBLEMS)
    with (folder / "data.jsonl").open("a") as file:
        file.write("{\n")
    with pytest.raises(BadRow, match=r"row 6 .*no row with a seed"):
        list(rows_of(open_export(folder, "sft", hashes=False)))


def test_parquet_alone_is_read(tmp_path: Path) -> None:
    folder = tiny.sft_export(tmp_path / "sft", PROBLEMS)
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text().splitlines()]
    write(folder / "data.parquet", rows)
    manifest(folder, files=[{"name": "data.parquet", "sha256": "0"}])
    found = list(rows_of(open_export(folder, "sft", hashes=False)))
    assert [row["messages"] for row in found] == [row["messages"] for row in rows]

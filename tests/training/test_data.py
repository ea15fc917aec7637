"""Exports as training reads them: whole, or told what is wrong."""

import json
from pathlib import Path

import pytest

from training import tiny
from training.data import BadExport, is_held_out, open_export, rl_rows, sft_rows

PROBLEMS = tiny.sums(50)


def test_whole_export_is_read_and_split_by_seed(tmp_path: Path) -> None:
    export = open_export(tiny.sft_export(tmp_path / "sft", PROBLEMS), "sft")
    train, held_out = sft_rows(export, 0.2, random_seed=1)
    assert len(train) + len(held_out) == 50
    assert 0 < len(held_out) < 25
    assert train[0]["messages"][1]["content"].startswith("<think>")
    again, _ = sft_rows(export, 0.2, random_seed=1)
    assert again == train


def test_rows_of_one_seed_are_on_one_side() -> None:
    sides = {seed: is_held_out(seed, 0.3, 7) for seed in range(2000)}
    assert sum(sides.values()) == pytest.approx(600, abs=80)
    assert [is_held_out(seed, 0.3, 7) for seed in range(2000)] == list(sides.values())
    assert not any(is_held_out(seed, 0.0, 7) for seed in range(2000))


def test_keys_are_texts(tmp_path: Path) -> None:
    rows = rl_rows(open_export(tiny.rl_export(tmp_path / "rl", PROBLEMS), "rl"))
    assert {type(row["ground_truth"]) for row in rows} == {str}


def test_export_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = tiny.sft_export(tmp_path / "sft", PROBLEMS)
    with pytest.raises(BadExport, match="this training needs rl"):
        open_export(folder, "rl")
    (folder / "data.jsonl").write_text("{}\n")
    with pytest.raises(BadExport, match="has changed since"):
        open_export(folder, "sft")
    (folder / "manifest.json").write_text("{")
    with pytest.raises(BadExport, match="cannot be read"):
        open_export(folder, "sft")
    (folder / "manifest.json").unlink()
    with pytest.raises(BadExport, match="no finished export"):
        open_export(folder, "sft")


def test_export_without_json_lines_is_refused(tmp_path: Path) -> None:
    manifest = {"layout": "sft", "files": [{"name": "data.parquet", "sha256": "0"}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadExport, match="export it as JSON lines too"):
        open_export(tmp_path, "sft")


def test_row_without_messages_is_named(tmp_path: Path) -> None:
    export = open_export(tiny.rl_export(tmp_path / "rl", PROBLEMS), "rl")
    wrong = export._replace(manifest={**export.manifest, "layout": "sft"})
    with pytest.raises(BadExport, match="row 1: messages is missing"):
        sft_rows(wrong, 0.0, 0)

"""What is trained on and what is held out: families stay together, orders are kept."""

import json
from pathlib import Path

import pytest

from tests.training.version_exports import rl_row, sft_row, version_export
from training import tiny
from training.data import Split, conversations, family_of, is_held_out, rl_rows
from training.exports import BadExport, Export, open_export

PROBLEMS = tiny.sums(50)


def quick(folder: Path, rows: list[dict[str, object]]) -> Export:
    """An export of accepted seeds with these rows."""
    tiny.write_export(folder, "sft", rows)
    return open_export(folder, "sft")


def test_quick_export_is_split_by_a_share(tmp_path: Path) -> None:
    export = open_export(tiny.sft_export(tmp_path / "sft", PROBLEMS), "sft")
    split = Split(export, 0.2, random_seed=1)
    train, held_out = list(split.rows("train")), list(split.rows("validation"))
    assert len(train) + len(held_out) == 50
    assert 0 < len(held_out) < 25
    assert split.holds_out
    assert train[0]["messages"][1]["content"].startswith("<think>")
    assert list(Split(export, 0.2, random_seed=1).rows("train")) == train
    assert list(Split(export, 0.2, random_seed=2).rows("train")) != train
    assert not Split(export, 0.0, random_seed=1).holds_out


def test_families_are_held_out_by_their_share() -> None:
    sides = {seed: is_held_out(seed, 0.3, 7) for seed in range(2000)}
    assert sum(sides.values()) == pytest.approx(600, abs=80)
    assert [is_held_out(seed, 0.3, 7) for seed in range(2000)] == list(sides.values())
    assert not any(is_held_out(seed, 0.0, 7) for seed in range(2000))


def test_what_is_made_from_a_seed_stays_on_its_side(tmp_path: Path) -> None:
    """Seeds 1 to 40 with a rewrite each (101 to 140) and a rewrite of that (201 to 240)."""
    rows = [
        sft_row(number, 0, parent_seed_id=None if number < 100 else number - 100, family=None)
        for number in [*range(201, 241), *range(1, 41), *range(101, 141)]
    ]
    for row in rows:
        del row["family"]
    split = Split(quick(tmp_path / "x", rows), 0.3, random_seed=0)
    held_out = {row["seed_id"] for row in split.rows("validation")}
    first = {seed for seed in held_out if seed < 100}
    assert 3 < len(first) < 30
    assert held_out == first | {seed + 100 for seed in first} | {seed + 200 for seed in first}


def test_family_goes_back_to_the_first_seed_and_survives_a_circle() -> None:
    assert family_of(3, {3: 2, 2: 1}) == 1
    assert family_of(1, {}) == 1
    assert family_of(3, {3: 2, 2: 3}) in (2, 3)


@pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])
def test_version_brings_its_own_split_and_order(tmp_path: Path, kind: str) -> None:
    """Seed 9 stands first and has a copy; the recipe may hold out nothing more."""
    seeds = [9, 4, 9, 1, 7]
    rows = [sft_row(seed, place) for place, seed in enumerate(seeds)]
    rows += [sft_row(seed, place, "validation") for place, seed in enumerate([3, 2], start=5)]
    export = open_export(version_export(tmp_path / "v", "sft", rows, kind), "sft")
    split = Split(export, None, random_seed=0)
    assert [row["seed_id"] for row in split.rows("train")] == seeds
    assert [row["seed_id"] for row in split.rows("validation")] == [3, 2]
    assert split.holds_out
    with pytest.raises(BadExport, match="a validation split of its own"):
        Split(export, 0.1, random_seed=0)
    assert [row["seed_id"] for row in Split(export, 0.0, 0).rows("validation")] == [3, 2]


def test_version_without_a_split_is_split_by_its_families(tmp_path: Path) -> None:
    rows = [sft_row(seed, seed, family=seed % 10) for seed in range(200)]
    export = open_export(version_export(tmp_path / "v", "sft", rows), "sft")
    assert not Split(export, None, 0).holds_out
    split = Split(export, 0.4, 0)
    held_out = [row["seed_id"] for row in split.rows("validation")]
    assert {seed % 10 for seed in held_out} == {f for f in range(10) if is_held_out(f, 0.4, 0)}
    assert len(held_out) == 20 * len({seed % 10 for seed in held_out})


def test_keys_are_texts_and_held_out_prompts_stay_out(tmp_path: Path) -> None:
    rows = rl_rows(open_export(tiny.rl_export(tmp_path / "rl", PROBLEMS), "rl"))
    assert {type(row["ground_truth"]) for row in rows} == {str}
    both = [rl_row(5, 0), rl_row(6, 1, "validation"), rl_row(7, 2)]
    version = open_export(version_export(tmp_path / "v", "rl", both), "rl")
    assert [(row["seed_id"], row["score"]) for row in rl_rows(version)] == [(5, 0.5), (7, 0.5)]
    assert [row["seed_id"] for row in rl_rows(version, "validation")] == [6]


def test_conversations_lie_on_disk_in_their_order(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="needs requirements/training.txt")
    seeds = [9, 4, 9, 1, 7]
    rows = [sft_row(seed, place) for place, seed in enumerate(seeds)]
    export = open_export(version_export(tmp_path / "v", "sft", rows), "sft")
    found = conversations(Split(export, None, 0), "train", tmp_path / "cache")
    assert [row["messages"][0]["content"] for row in found] == [f"seed {seed}" for seed in seeds]
    assert found.column_names == ["messages"]
    assert list((tmp_path / "cache").rglob("*.arrow"))
    # The same export is not read again, another one is.
    (tmp_path / "v" / "data").rename(tmp_path / "v" / "gone")
    (tmp_path / "v" / "data").mkdir()
    version_export(tmp_path / "w", "sft", rows[:2])
    again = conversations(
        Split(open_export(tmp_path / "w", "sft"), None, 0), "train", tmp_path / "cache"
    )
    assert len(again) == 2


def test_nothing_to_train_on_is_told(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="needs requirements/training.txt")
    export = quick(tmp_path / "none", [])
    with pytest.raises(BadExport, match="holds nothing for train"):
        conversations(Split(export, 0.0, 0), "train")
    (tmp_path / "rl").mkdir()
    tiny.write_export(tmp_path / "rl" / "x", "rl", [])
    with pytest.raises(BadExport, match="holds nothing for train"):
        rl_rows(open_export(tmp_path / "rl" / "x", "rl"))
    assert json.loads((tmp_path / "none" / "manifest.json").read_text())["rows"] == 0

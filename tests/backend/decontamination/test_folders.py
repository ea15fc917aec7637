"""Hugging Face data sets in folders: which rows are read, and what is known of them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from backend.decontamination.contents import opened
from backend.errors import Invalid, TooLarge
from tests.backend.decontamination import data_folders as made

LIMIT = 10**6
A, B, C = ({"question": f"What is {name}?"} for name in "abc")


def read(folder: Path, config: str | None = None, split: str | None = None) -> dict[str, Any]:
    """What is read of a folder that was packed."""
    return unzipped(made.zipped(folder), config, split)


def unzipped(content: bytes, config: str | None = None, split: str | None = None) -> dict[str, Any]:
    file = io.BytesIO(content)
    with opened(file, "set.zip", LIMIT, config=config, split=split) as contents:
        return contents._asdict() | {"rows": [*contents.rows]}


def card(**front: Any) -> str:
    return f"---\n{json.dumps(front)}\n---\n# A data set\n"


def test_saved_data_set_is_read_with_licence_version_and_split(tmp_path: Path) -> None:
    info = {"license": "MIT License\n\nCopyright ...", "version": {"version_str": "1.1.0"}}
    found = read(made.save_to_disk(tmp_path, [A, B], [C], split="test", info=info))
    assert found == {
        "rows": [A, B, C], "origin": "set", "split": "test", "version": "1.1.0",
        "licence": "MIT License",
    }  # fmt: skip


def test_version_that_the_library_makes_up_is_none(tmp_path: Path) -> None:
    info = {"license": "", "version": {"version_str": "0.0.0", "major": 0, "minor": 0, "patch": 0}}
    found = read(made.save_to_disk(tmp_path, [A], info=info))
    assert (found["version"], found["licence"], found["split"]) == (None, None, None)


def test_saved_dictionary_has_a_folder_a_split(tmp_path: Path) -> None:
    made.write(tmp_path, **{"dataset_dict.json": '{"splits": ["train", "test"]}'})
    made.save_to_disk(tmp_path / "train", [A], info={"license": "mit"})
    made.save_to_disk(tmp_path / "test", [B])
    assert (read(tmp_path)["rows"], read(tmp_path)["licence"]) == ([B], "mit")
    assert read(tmp_path, split="train")["rows"] == [A]
    with pytest.raises(Invalid, match="no split dev: there are train, test"):
        read(tmp_path, split="dev")


def test_clone_from_the_hub_is_read_by_its_front_matter(tmp_path: Path) -> None:
    configs = [
        {"config_name": name, "data_files": [{"split": "test", "path": f"{name}/test-*"}]}
        for name in ("hard", "easy")
    ]
    front = card(license=["cc-by-sa-4.0", "mit"], configs=configs, dataset_info=[{"version": 2}])
    made.write(tmp_path, **{
        "README.md": front,
        "hard/test-00000-of-00001.parquet": made.parquet_of([A]),
        "easy/test-00000-of-00001.parquet": made.parquet_of([B]),
    })  # fmt: skip
    found = read(tmp_path, config="easy")
    assert found == {
        "rows": [B], "origin": "easy", "split": "test", "version": "2",
        "licence": "cc-by-sa-4.0, mit",
    }  # fmt: skip
    with pytest.raises(Invalid, match="name its config: easy, hard"):
        read(tmp_path)


@pytest.mark.parametrize("files", ["x.csv", ["x.csv"], {"train": "x.csv"}, [{"path": "x.csv"}]])
def test_data_files_may_be_written_in_four_ways(tmp_path: Path, files: Any) -> None:
    front = card(configs=[{"config_name": "default", "data_files": files}])
    made.write(tmp_path, **{"README.md": front, "x.csv": "question\nWhat is a?\n"})
    found = read(tmp_path)
    assert (found["rows"], found["split"]) == ([A], "train")


@pytest.mark.parametrize(
    "name", ["data/test.jsonl", "test/part.jsonl", "a_test.json", "main/test-0.ndjson"]
)
def test_without_front_matter_names_tell_the_split(tmp_path: Path, name: str) -> None:
    line = json.dumps(A)
    made.write(tmp_path, **{
        name: line, name.replace("test", "train"): "{}", ".git/test.jsonl": "{}",
        "dataset_infos.json": "{}", "notes.txt": "",
    })  # fmt: skip
    found = read(tmp_path)
    assert (found["rows"], found["split"]) == ([A], "test")


def test_only_split_is_taken_by_whatever_name(tmp_path: Path) -> None:
    made.write(tmp_path, **{"validation.jsonl": json.dumps(A)})
    assert read(tmp_path)["split"] == "validation"
    unnamed = made.write(tmp_path / "other", **{"questions.jsonl": json.dumps(A)})
    assert read(unnamed, split="test")["rows"] == [A]


def test_folder_inside_the_archive_is_found(tmp_path: Path) -> None:
    made.save_to_disk(tmp_path / "gsm8k", [A], split="test")
    assert read(tmp_path)["rows"] == [A]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the folder holds no data files"),
        ({"README.md": "# Nothing"}, "the folder holds no data files"),
        ({"README.md": "---\na: [\n---\n"}, "the front matter of README.md cannot be read"),
        ({"README.md": card(configs=[{"config_name": "a", "data_files": "*.csv"}])}, "no file"),
        (
            {"README.md": card(configs=[{"config_name": "a", "data_files": "/etc/*"}])},
            "no pattern of files inside the folder",
        ),
        (
            {"README.md": card(configs=[{"config_name": "a", "data_files": "../../../../etc/*"}])},
            "matches no file",
        ),
        ({"test-00001-of-00002.csv": "a"}, "test-00000-of-00002.csv is missing"),
        ({"state.json": '{"_data_files": [{"filename": "a.arrow"}]}'}, "a.arrow is missing"),
        ({"state.json": '{"_data_files": [{"filename": "../a"}]}'}, "names no file"),
        ({"state.json": '{"_data_files": ["a.arrow", 1]}'}, "names no file"),
        ({"state.json": '{"_data_files": 1}'}, "the folder holds no data files"),
        (
            {
                "state.json": '{"_data_files": ["a.arrow"], "_split": "\\u0000"}',
                "a.arrow": made.arrow_of([A]),
            },
            "holds a NUL",
        ),
        ({"README.md": '---\nlicense: "\\ud800"\n---', "a.csv": ""}, "half of a surrogate pair"),
        ({"state.json": "{"}, "state.json cannot be read"),
        ({"dataset_dict.json": '{"splits": [".."]}'}, "names no file or folder"),
        ({"dataset_info.json": "{", "a.csv": ""}, "dataset_info.json cannot be read"),
        (
            {"test.parquet": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"},
            "only points to its data",
        ),
        ({"test.parquet": "PAR1 nothing"}, "test.parquet is broken"),
    ],
)
def test_folder_that_cannot_be_read_says_why(
    tmp_path: Path, files: dict[str, bytes | str], message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        read(made.write(tmp_path, **files))


def test_archive_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        unzipped(made.zip_of(**{"test.jsonl": b" " * (LIMIT + 1)}))


@pytest.mark.parametrize("name", ["../test.jsonl", "/tmp/test.jsonl", "a/../../test.jsonl"])
def test_archive_that_leads_out_of_its_folder_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="leads out of its folder"):
        unzipped(made.zip_of(**{name: b"{}"}))


@pytest.mark.parametrize("content", [b"", b"no zip", made.zip_of(**{"test.jsonl": b"{}"})[:-9]])
def test_broken_archive_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="the archive is broken"):
        unzipped(content)


def test_archive_with_a_name_twice_is_refused() -> None:
    twice = made.zip_of(**{"test.jsonl": b"{}", "best.jsonl": b"{}"}).replace(b"best", b"test")
    with pytest.raises(Invalid, match="the archive is broken"):
        unzipped(twice)

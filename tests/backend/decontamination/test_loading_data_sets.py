"""Benchmarks as they are published, over HTTP: data sets, composed texts, and broken content."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.config import settings
from tests.backend.decontamination import data_folders as made
from tests.backend.decontamination.test_loading import csv_of, jsonl, load, send, texts

ROWS: list[dict[str, Any]] = [
    {"question": "Which is a gas?", "choices": {"text": ["Iron", "Neon"], "label": ["A", "B"]}},
    {"question": "Which is a metal?", "choices": {"text": ["Tin", "Neon"], "label": ["A", "B"]}},
]
COMPOSED = {"b-1": "Which is a gas?\nA. Iron\nB. Neon", "b-2": "Which is a metal?\nA. Tin\nB. Neon"}
FIELDS = {"text_field": ["question", "choices"]}


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("b.json", json.dumps(ROWS).encode()),
        ("b.json", b"\xef\xbb\xbf " + json.dumps(ROWS).encode()),
        ("b.json", jsonl(ROWS)),
        ("b.arrow", made.arrow_of(ROWS)),
        ("b.arrow", made.arrow_file_of(ROWS)),
        ("b.parquet", made.parquet_of(ROWS)),
    ],
    ids=["array", "array with a mark", "lines", "arrow stream", "arrow file", "parquet"],
)
def test_formats_of_data_sets_are_read_and_rows_numbered(
    session: Session, client: TestClient, filename: str, content: bytes
) -> None:
    assert load(client, content, filename, **FIELDS)["created"] == 2
    assert texts(session) == COMPOSED


def test_folder_is_loaded_with_what_it_says_of_itself(
    session: Session, client: TestClient, tmp_path: Path
) -> None:
    info = {"license": "cc-by-sa-4.0", "version": {"version_str": "1.2.0"}}
    folder = made.save_to_disk(tmp_path, ROWS[:1], ROWS[1:], split="validation", info=info)
    [benchmark] = load(client, made.zipped(folder), "b.zip", **FIELDS)["benchmarks"]
    shown = [benchmark[field] for field in ("version", "split", "licence", "item_count")]
    assert shown == ["1.2.0", "validation", "cc-by-sa-4.0", 2]
    assert texts(session) == COMPOSED
    again = load(client, made.zipped(folder), "b.zip", **FIELDS)
    assert (again["created"], again["unchanged"]) == (0, 2)


def test_what_is_given_goes_before_what_the_folder_says(client: TestClient, tmp_path: Path) -> None:
    info = {"license": "mit", "version": {"version_str": "1.2.0"}}
    content = made.zipped(made.save_to_disk(tmp_path, ROWS, info=info))
    given = {"version": "v7", "split": "dev", "licence": "MIT"}
    [benchmark] = load(client, content, "b.zip", **given, **FIELDS)["benchmarks"]
    assert {field: benchmark[field] for field in given} == given


def test_parts_in_files_of_their_own_do_not_overwrite_each_other(
    session: Session, client: TestClient
) -> None:
    for part in ("lsat-ar", "lsat-lr"):
        load(client, jsonl([{"text": part}]), f"{part}.jsonl", name="AGIEval")
    assert texts(session) == {"lsat-ar-1": "lsat-ar", "lsat-lr-1": "lsat-lr"}


def test_file_whose_name_makes_no_number_rejects_its_rows(client: TestClient) -> None:
    result = load(client, jsonl([{"text": "x"}]), f"{'n' * 600}.jsonl")
    assert [(row["field"], row["code"]) for row in result["rejected"]] == [("id", "too_long")]


def test_split_or_config_that_is_not_there_is_refused(client: TestClient, tmp_path: Path) -> None:
    made.write(tmp_path, **{"train.jsonl": "{}", "validation.jsonl": "{}"})
    content = made.zipped(tmp_path)
    for options, field in (({}, "split"), ({"config": "hard"}, "config")):
        answer = send(client, content, "b.zip", **options)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


LONG = "x" * (10 * 2**20)


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("b.jsonl", jsonl([{"id": 1, "text": LONG}, {"id": 2, "text": "Why?"}])),
        ("b.csv", csv_of([{"id": 1, "text": LONG}, {"id": 2, "text": "Why?"}])),
        ("b.parquet", made.parquet_of([{"id": 1, "text": LONG}, {"id": 2, "text": "Why?"}])),
        ("b.arrow", made.arrow_of([{"id": 1, "text": LONG}, {"id": 2, "text": "Why?"}])),
    ],
    ids=["lines", "csv", "parquet", "arrow"],
)
def test_text_of_ten_megabytes_is_named_and_the_others_kept(
    session: Session, client: TestClient, filename: str, content: bytes
) -> None:
    result = load(client, content, filename)
    assert [(row["row"], row["field"], row["code"]) for row in result["rejected"]] == [
        (1, "text", "too_long")
    ]
    assert texts(session) == {"2": "Why?"}


def test_long_text_within_the_limit_is_kept_whatever_the_format(
    session: Session, client: TestClient
) -> None:
    text = "word " * (settings().max_prompt_characters // 5)
    load(client, csv_of([{"id": 1, "text": text}]), "b.csv")
    assert texts(session) == {"1": text}


def test_texts_in_any_script_are_kept_as_they_are(session: Session, client: TestClient) -> None:
    given = ["什么是二？", "ما هو؟", "นี่คืออะไร", "𝛑 ≈ 3", "e\u0301", "?", "word"]
    load(client, made.parquet_of([{"text": text} for text in given]), "b.parquet")
    assert [*texts(session).values()] == given


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("b.arrow", b"", "broken"),
        ("b.arrow", b"not arrow at all", "broken"),
        ("b.arrow", made.arrow_of(ROWS)[:-40], "broken"),
        ("b.arrow", made.arrow_file_of(ROWS)[:-40], "broken"),
        ("b.json", b"[{}", "not_json"),
        ("b.json", b"", "empty"),
        ("b.zip", made.zip_of(**{"test.jsonl": jsonl(ROWS), "x": b""})[:-30], "broken"),
        ("b.zip", made.zip_of(**{"a.txt": b"text"}), "empty"),
        ("b.zip", made.zip_of(**{"test.parquet": made.parquet_of(ROWS)[:-9]}), "broken"),
        ("b.parquet", b"version https://git-lfs.github.com/spec/v1\n", "lfs_pointer"),
    ],
)
def test_broken_file_says_so_and_changes_nothing(
    session: Session, client: TestClient, filename: str, content: bytes, code: str
) -> None:
    answer = send(client, content, filename)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert texts(session) == {}


def test_second_shard_that_is_broken_leaves_nothing_behind(
    session: Session, client: TestClient
) -> None:
    good, bad = made.parquet_of([{"text": "a"}] * 3000), made.parquet_of([{"text": "b"}])[:-9]
    shards = {"test-00000-of-00002.parquet": good, "test-00001-of-00002.parquet": bad}
    answer = send(client, made.zip_of(**shards), "b.zip")
    assert (answer.status_code, answer.json()["code"]) == (422, "broken")
    assert "test-00001-of-00002.parquet" in answer.json()["detail"]
    assert texts(session) == {}


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("b.zip", made.zip_of(**{"test.jsonl": b" " * 10**6})),
        ("b.parquet", made.parquet_of([{"text": "x" * 1000}] * 1000)),
        ("b.arrow", made.arrow_of([{"text": "x" * 1000}] * 1000)),
    ],
    ids=["zip", "parquet", "arrow"],
)
def test_content_that_unpacks_to_too_much_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, filename: str, content: bytes
) -> None:
    monkeypatch.setattr(settings(), "max_upload_bytes", 500_000)
    assert send(client, content, filename).status_code == 413


def test_broken_offsets_of_an_arrow_file_are_noticed(client: TestClient) -> None:
    content = made.arrow_of([{"text": "aaaa"}, {"text": "bbbb"}])
    offsets = b"".join(number.to_bytes(4, "little") for number in (0, 4, 8))
    assert content.count(offsets) == 1
    wild = content.replace(offsets, b"".join(n.to_bytes(4, "little") for n in (0, 4, 2**30)))
    answer = send(client, wild, "b.arrow")
    assert (answer.status_code, answer.json()["code"]) == (422, "broken")

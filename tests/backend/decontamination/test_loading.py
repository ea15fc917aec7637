"""Benchmarks from files, over HTTP: every format, broken rows, and loading again."""

import csv
import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.config import settings
from backend.decontamination.index import current_version
from backend.decontamination.tables import BenchmarkItem
from backend.jobs.tables import Job
from tests.conftest import ClientFactory

ROWS = [{"id": "a", "text": "What is one?"}, {"id": "b", "text": "What is two?"}]


def jsonl(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def csv_of(rows: list[dict[str, Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def parquet_of_column(values: list[int], plain: pa.DataType, kind: pa.DataType) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": pa.array(values, plain).cast(kind)}), file)
    return file.getvalue()


def parquet_of(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


LATE = parquet_of_column([10**8], pa.int32(), pa.date32())
NOWHERE = parquet_of_column([1], pa.int64(), pa.timestamp("ms", tz="Mars/Base"))


def send(client: TestClient, content: bytes, filename: str = "b.jsonl", **options: Any) -> Any:
    options = {"name": "gsm8k", **options}
    given = {name: value for name, value in options.items() if value is not None}
    return client.post("/v1/benchmarks", files={"file": (filename, content)}, data=given)


def load(client: TestClient, content: bytes, filename: str = "b.jsonl", **options: Any) -> Any:
    answer = send(client, content, filename, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(session: Session) -> dict[str, str]:
    session.expire_all()
    return {item.external_id: item.text for item in session.scalars(select(BenchmarkItem))}


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("b.jsonl", jsonl(ROWS)),
        ("b.ndjson", b"\xef\xbb\xbf" + jsonl(ROWS).replace(b"\n", b"\r\n\r\n")),
        ("B.JSONL.GZ", gzip.compress(jsonl(ROWS))),
        ("b.csv", csv_of(ROWS)),
        ("b.csv.gz", gzip.compress(b"\xef\xbb\xbf" + csv_of(ROWS))),
        ("b.parquet", parquet_of(ROWS)),
    ],
    ids=["lines", "lines of Windows", "zipped lines", "csv", "zipped csv", "parquet"],
)
def test_every_format_is_read(
    session: Session, client: TestClient, filename: str, content: bytes
) -> None:
    result = load(client, content, filename, version="2", split="main", licence="MIT")
    assert (result["created"], result["rejected_count"]) == (2, 0)
    [benchmark] = result["benchmarks"]
    shown = [benchmark[field] for field in ("name", "version", "split", "licence", "item_count")]
    assert shown == ["gsm8k", "2", "main", "MIT", 2]
    assert texts(session) == {"a": "What is one?", "b": "What is two?"}


def test_fields_are_mapped_and_rows_name_their_benchmark(
    session: Session, client: TestClient
) -> None:
    rows = [
        {"task": 7, "question": "One?", "set": "math", "more": [1]},
        {"task": 7, "question": "Two?", "set": "arc"},
        {"task": 8, "question": "Three?", "set": "arc"},
    ]
    result = load(
        client, jsonl(rows), name=None, id_field="task", text_field="question",
        benchmark_field="set",
    )  # fmt: skip
    shown = [(benchmark["name"], benchmark["item_count"]) for benchmark in result["benchmarks"]]
    assert shown == [("arc", 2), ("math", 1)]
    assert client.get("/v1/benchmarks").json()["items"] == sorted(
        result["benchmarks"], key=lambda benchmark: benchmark["id"]
    )


def test_broken_rows_are_named_and_good_ones_kept(session: Session, client: TestClient) -> None:
    content = b"\n".join(
        [
            b'{"id": "a", "text": "good"}',
            b"{not json",
            b'["an", "array"]',
            b'{"id": "b"}',
            b'{"id": null, "text": "x"}',
            b'{"id": "c", "text": 5.5}',
            b'{"id": "d", "text": "  "}',
            b'{"id": "e", "text": "a\\u0000b"}',
            b'{"id": "f", "text": "a\\ud800b"}',
            b'{"id": "a", "text": "again"}',
            b'{"id": "g", "text": "' + b"x" * (settings().max_prompt_characters + 1) + b'"}',
            b'{"id": "h", "text": "\xff"}',
            b'{"id": "z", "text": "good too"}',
        ]
    )
    result = load(client, content)
    assert [(row["row"], row["field"], row["code"]) for row in result["rejected"]] == [
        (2, None, "not_json"),
        (3, None, "not_an_object"),
        (4, "text", "missing"),
        (5, "id", "missing"),
        (6, "text", "wrong_type"),
        (7, "text", "empty"),
        (8, "text", "nul"),
        (9, "text", "lone_surrogate"),
        (10, "id", "repeated"),
        (11, "text", "too_long"),
        (12, None, "not_json"),
    ]
    assert (result["created"], result["rejected_count"]) == (2, 11)
    assert texts(session) == {"a": "good", "z": "good too"}


def test_broken_csv_rows_are_named(session: Session, client: TestClient) -> None:
    # The second row has a stray quote, the third is no UTF-8, the fourth too short.
    content = b'id,text\na,good\nb,"x"y\nc,\xff\nd\ne,"two\nlines"\n'
    result = load(client, content, "b.csv")
    assert [(row["row"], row["field"], row["code"]) for row in result["rejected"]] == [
        (2, None, "not_csv"),
        (3, "text", "lone_surrogate"),
        (4, "text", "missing"),
    ]
    assert texts(session) == {"a": "good", "e": "two\nlines"}


@pytest.mark.parametrize(
    ("filename", "content"),
    [("b.jsonl", b'{"te\\ud800t": "What?"}\n'), ("b.csv", b"te\xfft\nWhat?\n")],
)
def test_names_of_columns_that_are_no_text_can_be_told(
    client: TestClient, filename: str, content: bytes
) -> None:
    [wrong] = load(client, content, filename)["rejected"]
    assert wrong["message"] == "the row has no text; it has te?t"


def test_rows_without_the_named_field_say_so(client: TestClient) -> None:
    result = load(client, jsonl(ROWS), text_field="question")
    assert result["benchmarks"] == []
    assert result["rejected"][0]["message"] == "the row has no question; it has id, text"


def test_only_the_first_thousand_rejections_are_listed(client: TestClient) -> None:
    result = load(client, b"nonsense\n" * 1500)
    assert (result["rejected_count"], len(result["rejected"])) == (1500, 1000)


def test_loading_again_doubles_nothing(session: Session, client: TestClient) -> None:
    load(client, jsonl(ROWS))
    session.expire_all()
    before = current_version(session).id
    again = load(client, jsonl(ROWS))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert again["benchmarks"][0]["item_count"] == 2
    assert current_version(session).id == before


def test_reworded_item_is_updated_and_has_seeds_checked_anew(
    session: Session, client: TestClient
) -> None:
    load(client, jsonl(ROWS))
    before = current_version(session).id
    again = load(client, jsonl([ROWS[0], {"id": "b", "text": "What is 2?"}]))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 1)
    assert texts(session)["b"] == "What is 2?"
    assert current_version(session).id != before


def test_other_version_is_another_benchmark(session: Session, client: TestClient) -> None:
    first, second = load(client, jsonl(ROWS)), load(client, jsonl(ROWS), version="2")
    assert first["benchmarks"][0]["id"] != second["benchmarks"][0]["id"]
    assert second["created"] == 2


def test_loading_has_the_seeds_checked(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    job_id = load(client, jsonl(ROWS))["job_id"]
    assert woken == [job_id]
    assert session.get_one(Job, job_id).kind == "decontamination.check"
    # One that waits is enough.
    assert load(client, jsonl(ROWS), version="2")["job_id"] == job_id


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("b.jsonl", b"", "empty"),
        ("b.jsonl", b"\n\n", "empty"),
        ("b.csv", b"id,text\n", "empty"),
        ("b.parquet", parquet_of(ROWS)[:-20], "broken"),
        ("b.parquet", b"", "broken"),
        ("b.jsonl.gz", gzip.compress(jsonl(ROWS))[:-9], "truncated_gzip"),
        ("b.jsonl.gz", jsonl(ROWS), "damaged_gzip"),
        ("b.xlsx", b"anything", "unknown_format"),
        ("b.parquet", LATE, "broken"),
        ("b.parquet", NOWHERE, "broken"),
    ],
    ids=[
        "no bytes", "blank lines", "csv header", "cut parquet", "empty parquet", "cut gzip",
        "no gzip", "other format", "late date", "unknown zone",
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_changes_nothing(
    session: Session, client: TestClient, filename: str, content: bytes, code: str
) -> None:
    answer = send(client, content, filename)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert texts(session) == {}


def test_file_that_unpacks_to_too_much_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "max_upload_bytes", 1000)
    answer = send(client, gzip.compress(jsonl(ROWS * 100)), "b.jsonl.gz")
    assert answer.status_code == 413


@pytest.mark.parametrize("options", [{"name": None}, {"benchmark_field": "set"}, {"extra": "x"}])
def test_unclear_options_are_refused(client: TestClient, options: dict[str, Any]) -> None:
    assert send(client, jsonl(ROWS), **options).status_code == 422


def test_loading_needs_a_curator(client_as: ClientFactory) -> None:
    assert send(client_as("ingester"), jsonl(ROWS)).status_code == 403

"""Files of seeds: what is read, guessed, sent and reported."""

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from dashboard.uploads import (
    SeedLines,
    UnreadableFile,
    as_csv,
    guess_columns,
    mapped,
    preview,
    read_rows,
)

COLUMNS = {"prompt": "question", "answer": "answer", "source": None}


def rows(content: bytes, name: str) -> list[Any]:
    return list(read_rows(io.BytesIO(content), name))


def lines(content: bytes, name: str) -> SeedLines:
    return SeedLines(
        read_rows(io.BytesIO(content), name), mapped(COLUMNS, {"source": "mine"}), lambda sent: None
    )


def test_read_rows_of_json_lines_counts_lines_and_names_bad_ones() -> None:
    found = rows(b'\xef\xbb\xbf{"a": 1}\n\nnot json\n[1]\n{"a": 2}', "x.jsonl")

    assert [number for number, _ in found] == [1, 3, 4, 5]
    assert [row.get("code") for _, row in found] == [None, "not_json", "not_an_object", None]


def test_read_rows_of_csv_keeps_quoted_lines_together_and_leaves_empty_cells_out() -> None:
    found = rows(b'question,answer\n"one\ntwo",\nthree,3\n', "x.csv")

    assert found == [(1, {"question": "one\ntwo"}), (2, {"question": "three", "answer": "3"})]


def test_read_rows_of_csv_with_a_value_too_many_names_the_row() -> None:
    [_, (number, error)] = rows(b"a,b\n1,2\n1,2,3\n", "x.csv")

    assert number == 2
    assert error["code"] == "too_many"


def test_read_rows_of_parquet_leaves_nulls_out() -> None:
    file = io.BytesIO()
    parquet.write_table(pa.table({"question": ["a", "b"], "answer": ["1", None]}), file)

    found = rows(file.getvalue(), "X.PARQUET")
    assert found == [(1, {"question": "a", "answer": "1"}), (2, {"question": "b"})]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"\xff\xfe\x00", "x.csv"), (b"PAR1 but not really", "x.parquet"), (b"", "x.docx")],
)
def test_read_rows_of_an_unreadable_file_says_why(content: bytes, name: str) -> None:
    with pytest.raises(UnreadableFile):
        rows(content, name)


def test_preview_skips_what_cannot_be_read() -> None:
    assert preview(io.BytesIO(b'nope\n{"a": 1}\n'), "x.jsonl") == [{"a": 1}]


def test_guess_columns_takes_usual_names_whatever_their_case() -> None:
    guess = guess_columns(["Problem", "final_answer", "uid", "unrelated"])

    assert guess["prompt"] == "Problem"
    assert guess["answer"] == "final_answer"
    assert guess["external_id"] == "uid"
    assert guess["domain"] is None


def test_seed_lines_map_columns_and_fill_defaults() -> None:
    [sent] = list(lines(b'{"question": "1+1?", "answer": 2, "other": 3}\n', "x.jsonl"))

    assert json.loads(sent) == {"source": "mine", "prompt": "1+1?", "answer": "2"}


def test_seed_lines_send_big_files_in_pieces_and_say_how_far() -> None:
    content = b'{"question": "q"}\n' * 2500
    seen: list[int] = []
    source = SeedLines(read_rows(io.BytesIO(content), "x.jsonl"), mapped(COLUMNS, {}), seen.append)

    assert [piece.count(b"\n") for piece in source] == [1000, 1000, 500]
    assert seen == [1000, 2000]


def test_rejected_rows_bear_their_number_in_the_file() -> None:
    source = lines(b'\n{"question": "a"}\nbroken\n{"question": ""}\n', "x.jsonl")
    assert b"".join(source).count(b"\n") == 2
    error = {"field": "prompt", "code": "missing", "message": "is required"}
    results = [
        {"index": 1, "external_id": None, "status": "rejected", "id": None, "error": error},
    ]

    rejected = source.rejected(results)
    assert [(row["row"], row["field"], row["code"]) for row in rejected] == [
        (3, None, "not_json"),
        (4, "prompt", "missing"),
    ]


def test_as_csv_quotes_what_must_be_quoted() -> None:
    table = as_csv([{"row": 1, "message": 'a, "b"'}])

    assert table == 'row,message\r\n1,"a, ""b"""\r\n'


def test_as_csv_makes_no_formula_of_other_peoples_text() -> None:
    names = ["=HYPERLINK(1)", "+A1", "-2+3", "@SUM(A1)", "\t=1", "-0.5", "a=b"]
    table = as_csv([{"name": name, "gain": -0.5} for name in names])

    cells = [row["name"] for row in csv.DictReader(io.StringIO(table, newline=""))]
    assert cells == ["'=HYPERLINK(1)", "'+A1", "'-2+3", "'@SUM(A1)", "'\t=1", "-0.5", "a=b"]
    assert "'-0.5" not in table

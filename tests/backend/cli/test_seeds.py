"""`seedbed seeds` against a live API."""

import csv
import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from backend.cli import pushing
from backend.cli.client import Api
from backend.database import session_scope
from backend.seeds.tables import Seed, SeedImport, SeedRevision, Source
from tests.backend.cli.conftest import Run


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


ROWS: list[dict[str, Any]] = [
    {"question": "What is 1 + 1?", "solution": "2", "level": 1, "nr": 1},
    {"question": "What is\n2 + 2?", "solution": "4", "level": 2, "nr": 2},
]


def write(name: str, rows: Iterable[dict[str, Any]] = ROWS) -> Path:
    path = Path(name)
    opened = gzip.open if name.endswith(".gz") else open
    if ".jsonl" in name:
        with opened(path, "wb") as file:  # type: ignore[operator]
            file.writelines(orjson.dumps(row) + b"\n" for row in rows)
    elif ".csv" in name:
        with opened(path, "wt", newline="", encoding="utf-8-sig") as file:  # type: ignore[operator]
            writer = csv.DictWriter(file, list(ROWS[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def stored() -> list[tuple[Any, ...]]:
    wanted = (
        select(SeedRevision.prompt, SeedRevision.answer, Source.name, Seed.external_id, Seed.extra)
        .join(Seed, Seed.revision_id == SeedRevision.id)
        .join(Source, Source.id == Seed.source_id)
        .order_by(Seed.id)
    )
    with session_scope() as session:
        return [tuple(row) for row in session.execute(wanted)]


def parquet_of(column: pa.Array) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"prompt": column}), file)
    return file.getvalue()


LATE = parquet_of(pa.array([10**8], pa.int32()).cast(pa.date32()))
BYTES = parquet_of(pa.array([b"\xff"]))
MAPPED = ("--map", "prompt=question", "--map", "answer=solution", "--map", "external_id=nr",
          "--source", "sums", "--keep-rest")  # fmt: skip


@pytest.mark.parametrize(
    "name", ["seeds.jsonl", "seeds.jsonl.gz", "seeds.csv", "seeds.CSV.gz", "seeds.parquet"]
)
def test_file_of_any_kind_is_pushed_with_its_columns_mapped(
    run: Run, api_url: str, name: str
) -> None:
    path = write(name.lower()).rename(name)
    pushed = run("seeds", "push", str(path), *MAPPED)
    assert pushed.stdout == "2 created, 0 updated, 0 unchanged, 0 duplicate, 0 rejected\n"
    level: Any = "1" if "csv" in name.lower() else 1
    assert stored()[0] == ("What is 1 + 1?", "2", "sums", "1", {"level": level})
    assert stored()[1][0] == "What is\n2 + 2?"
    again = run("seeds", "push", str(path), *MAPPED)
    assert again.stdout.startswith("0 created, 0 updated, 2 unchanged")


def test_rejected_rows_are_told_by_row_field_and_message(run: Run, api_url: str) -> None:
    Path("mixed.jsonl").write_bytes(
        b'{"prompt": "fine?", "source": "s"}\n\n{broken\n[1]\n'
        b'{"prompt": "", "source": "s", "external_id": "x"}\n{"prompt": "\\ud800", "source": "s"}'
    )
    pushed = run("seeds", "push", "mixed.jsonl", status=4)
    assert pushed.stdout.endswith("1 created, 0 updated, 0 unchanged, 0 duplicate, 4 rejected\n")
    told = [
        json.loads(line) for line in Path("mixed.jsonl.rejected.jsonl").read_text().splitlines()
    ]
    assert [(row["row"], row["field"], row["code"]) for row in told] == [
        (2, None, "not_json"), (3, None, "not_an_object"), (4, "prompt", "empty"),
        (5, "prompt", "lone_surrogate"),
    ]  # fmt: skip
    assert told[2]["external_id"] == "x"
    assert told[2]["message"] == "prompt is blank"


def test_long_file_goes_in_several_requests(
    run: Run, api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "REQUEST_ROWS", 3)
    rows = [{"prompt": f"{n} + 1?" if n != 5 else " ", "source": "s"} for n in range(8)]
    pushed = run("seeds", "push", str(write("long.jsonl", rows)), status=4)
    assert "7 created" in pushed.stdout
    told = json.loads(Path("long.jsonl.rejected.jsonl").read_text())
    assert (told["row"], told["field"]) == (6, "prompt")
    with session_scope() as session:
        assert session.scalars(select(SeedImport.label)).all() == ["long.jsonl"] * 3


def test_abort_pushes_nothing_of_a_file_with_a_bad_row(
    run: Run, api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "REQUEST_ROWS", 2)
    rows = [{"prompt": f"{n}?", "source": "s"} for n in range(5)]
    path = write("rows.jsonl", [*rows, {"prompt": "a?"}])
    run("seeds", "push", str(path), "--on-error", "abort", status=1)
    assert stored() == []
    assert json.loads(Path("rows.jsonl.rejected.jsonl").read_text())["field"] == "source"
    run("seeds", "push", str(write("rows.jsonl", rows)), "--on-error", "abort")
    assert len(stored()) == 5


def test_request_whose_answer_is_lost_is_repeated_without_a_second_effect(
    run: Run, api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "_PAUSES", (0.0, 0.0))
    send, lost = Api.request, []

    def lose_first(api: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = send(api, method, path, **options)
        if path == "/v1/seeds:bulk" and not lost:
            lost.append(answer)
            raise httpx.ReadError("the connection broke")
        return answer

    monkeypatch.setattr(Api, "request", lose_first)
    pushed = run("seeds", "push", str(write("seeds.jsonl")), *MAPPED)
    assert pushed.stdout.startswith("2 created")
    assert len(lost) == 1
    with session_scope() as session:
        assert len(session.scalars(select(SeedImport.id)).all()) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.jsonl", None, "No such file"),
        ("seeds.txt", b"", "ends in .jsonl"),
        ("seeds.parquet", b"no parquet", "no Parquet file"),
        ("seeds.csv", b"prompt\n\xff\xfe", "codec can't decode"),
        ("seeds.jsonl.gz", gzip.compress(b"{}" * 99, mtime=0)[:-9], "end-of-stream"),
        ("seeds.jsonl.gz", b"no gzip", "gzip"),
        ("seeds.parquet", LATE, "a value cannot be read"),
        ("seeds.parquet", BYTES, "a row cannot be sent"),
    ],
)
def test_file_that_cannot_be_read_is_told(
    run: Run, api_url: str, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    assert says in run("seeds", "push", name, status=1).stderr


def test_first_line_behind_a_byte_order_mark_is_mapped_like_the_others(
    run: Run, api_url: str
) -> None:
    path = write("seeds.jsonl")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run("seeds", "push", str(path), *MAPPED).stdout.startswith("2 created")
    assert [row[0] for row in stored()] == [row["question"] for row in ROWS]


def test_text_that_parquet_has_as_bytes_comes_as_text(run: Run, api_url: str) -> None:
    Path("seeds.parquet").write_bytes(parquet_of(pa.array(["Why ²?".encode()])))
    run("seeds", "push", "seeds.parquet", "--source", "s")
    assert stored()[0][0] == "Why ²?"


def test_metadata_that_is_no_object_is_told_and_the_other_rows_are_pushed(
    run: Run, api_url: str
) -> None:
    path = write("seeds.jsonl", [ROWS[0], {**ROWS[1], "metadata": "level 2"}])
    assert run("seeds", "push", str(path), *MAPPED, status=4).stdout.startswith("1 created")
    told = Path("seeds.jsonl.rejected.jsonl").read_text()
    assert "metadata must be an object, not text" in told


def test_wrong_mapping_is_a_wrong_command_line(run: Run) -> None:
    wrong = run("seeds", "push", "x.jsonl", "--map", "promt=question", status=2)
    assert "fields are prompt" in wrong.output


def test_column_that_is_no_field_is_rejected_with_a_hint(run: Run, api_url: str) -> None:
    run("seeds", "push", str(write("seeds.csv")), "--source", "s", status=4)
    told = Path("seeds.csv.rejected.jsonl").read_text()
    assert "did you mean prompt?" in told


def test_list_shows_seeds_under_a_filter(run: Run, api_url: str) -> None:
    run("seeds", "push", str(write("seeds.jsonl")), *MAPPED)
    assert "What is 1 + 1?" in run("seeds", "list", "--source", "sums").stdout
    assert "What is" not in run("seeds", "list", "--status", "accepted").stdout
    assert "Refused" in run("seeds", "list", "--status", "done", status=1).stderr


def test_folder_of_a_public_set_is_pushed_as_it_was_downloaded(run: Run, api_url: str) -> None:
    for number in range(2):
        problem = {"problem": f"{number} + 1?", "answer": "1", "uuid": f"u{number}"}
        path = write(f"train-{number}.parquet", [problem | {"generations": ["long"]}])
        Path("set/data").mkdir(parents=True, exist_ok=True)
        path.rename(Path("set/data") / path.name)
    write("README.csv", []).rename("set/README.md")
    pushed = run("seeds", "push", "set", "--recipe", "openr1-math-220k")
    assert pushed.stdout == "2 created, 0 updated, 0 unchanged, 0 duplicate, 0 rejected\n"
    assert stored() == [
        (f"{number} + 1?", "1", "openr1-math-220k", f"u{number}", {}) for number in range(2)
    ]
    again = run("seeds", "push", "set/data/train-1.parquet", "--recipe", "openr1-math-220k")
    assert again.stdout.startswith("0 created, 0 updated, 1 unchanged")


def test_rejected_rows_of_a_folder_are_counted_over_its_files(run: Run, api_url: str) -> None:
    Path("set").mkdir()
    write("a.jsonl", [{"problem": "1?"}, {"problem": "2?"}]).rename("set/a.jsonl")
    write("b.jsonl", [{"problem": "3?"}, {"question": "4?"}]).rename("set/b.jsonl")
    run("seeds", "push", "set", "--recipe", "openr1-math-220k", status=4)
    told = json.loads(Path("set.rejected.jsonl").read_text())
    assert (told["row"], told["field"], told["code"]) == (4, "problem", "layout")


def test_recipes_are_listed_and_stand_alone(run: Run, api_url: str) -> None:
    assert "dapo-math-17k" in run("seeds", "recipes").stdout
    write("rows.jsonl")
    unknown = run("seeds", "push", "rows.jsonl", "--recipe", "dapo", status=2)
    assert "openr1-math-220k" in unknown.output
    both = run("seeds", "push", "rows.jsonl", "--recipe", "dapo-math-17k", "--source=x", status=2)
    assert "a recipe says all of --map" in both.output


def test_folder_without_files_of_seeds_is_told(run: Run, api_url: str) -> None:
    Path("empty").mkdir()
    assert "no file in it" in run("seeds", "push", "empty", "--source", "x", status=1).output

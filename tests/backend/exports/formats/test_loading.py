"""Exports of each format, in both kinds, come back from real libraries as they were written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pyarrow.dataset
import pytest

from backend.exports.examples import ExportFormat, FileKind
from backend.exports.formats import FORMATS
from backend.exports.formats.loading import FOLDER
from backend.exports.rows import Row
from tests.format_examples import biting, example
from tests.written_exports import written

KINDS: list[FileKind] = ["parquet", "jsonl.zst"]
BOTH = pytest.mark.parametrize("kind", KINDS)
EACH = pytest.mark.parametrize("format_", FORMATS.values(), ids=lambda one: one.name)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


def _load(folder: Path) -> dict[str, list[Row]]:
    loaded = datasets.load_dataset(str(folder))
    return {split: list(rows) for split, rows in loaded.items()}


@EACH
@BOTH
def test_folder_is_loaded_by_datasets(
    format_: ExportFormat, kind: FileKind, tmp_path: Path
) -> None:
    rows = written(tmp_path / "export", format_, kind, biting())
    assert {split: len(found) for split, found in rows.items()} == {"train": 9, "validation": 2}
    assert _load(tmp_path / "export") == rows


@EACH
def test_types_are_the_schemas_where_a_file_does_not_show_them(
    format_: ExportFormat, tmp_path: Path
) -> None:
    bare = dict.fromkeys(("domain", "licence", "external_id", "score", "policy", "parent_id"))
    written(tmp_path / "export", format_, "jsonl.zst", [example(confirmed_hits=[], **bare)])
    loaded = datasets.load_dataset(str(tmp_path / "export"))
    assert list(loaded) == ["train"]
    assert loaded["train"].features.arrow_schema.equals(
        datasets.Features.from_arrow_schema(format_.schema).arrow_schema
    )


@BOTH
def test_texts_that_look_like_dates_need_parquet(kind: FileKind, tmp_path: Path) -> None:
    """Cards of JSON lines warn of it: where all of a file look so, `datasets` reads times."""
    dates = [example(position, answer="2024-01-01") for position in range(3)]
    rows = written(tmp_path / "export", FORMATS["trl-grpo"], kind, dates)
    [found] = _load(tmp_path / "export").values()
    keys = {row["ground_truth"] for row in found}
    if kind == "parquet":
        assert found == rows["train"]
        return
    assert keys == {"2024-01-01 00:00:00"}
    assert "look like dates" in (tmp_path / "export" / "README.md").read_text("utf-8")


@BOTH
def test_lost_file_is_noticed(kind: FileKind, tmp_path: Path) -> None:
    written(tmp_path / "export", FORMATS["trl-sft"], kind, biting())
    (tmp_path / f"export/data/train-00001-of-00003.{kind}").unlink()
    with pytest.raises(datasets.exceptions.NonMatchingSplitsSizesError):
        _load(tmp_path / "export")


@BOTH
def test_lines_of_the_card_run(kind: FileKind, tmp_path: Path) -> None:
    rows = written(tmp_path, FORMATS["datasets"], kind, biting())
    card = (tmp_path / "README.md").read_text("utf-8")
    lines = card.partition("```python\n")[2].partition("\n```")[0].replace(FOLDER, str(tmp_path))
    *before, last = lines.splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(before), names)
    assert names["rows"]["train"]["answer"][:] == [row["answer"] for row in rows["train"]]
    assert eval(last, names).fetchall() == [("forum | \\ `x`", len(rows["train"]))]


@EACH
def test_parquet_is_read_by_arrow(format_: ExportFormat, tmp_path: Path) -> None:
    rows = written(tmp_path, format_, "parquet", biting())
    found = pyarrow.dataset.dataset(tmp_path / "data", format="parquet")
    assert found.schema.equals(format_.schema)
    assert found.to_table().to_pylist() == [*rows["train"], *rows["validation"]]


def _by_duckdb(query: str) -> list[Row]:
    found = duckdb.connect().execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


@EACH
@BOTH
def test_files_are_read_by_duckdb(format_: ExportFormat, kind: FileKind, tmp_path: Path) -> None:
    rows = written(tmp_path, format_, kind, biting())
    reader = "read_parquet" if kind == "parquet" else "read_json_auto"
    query = f"SELECT * FROM {reader}('{tmp_path}/data/train-*.{kind}')"
    assert _sorted(_by_duckdb(query)) == _sorted(rows["train"])


def _sorted(rows: list[Row]) -> list[Row]:
    def place(row: Row) -> Any:
        return row.get("extra_info", row)["position"]

    return sorted(rows, key=place)

"""croissant.json, read and checked by the library of its makers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlcroissant
import orjson
import pytest

from backend.exports.examples import ExportFormat, FileKind
from backend.exports.files import sha256_of
from backend.exports.formats import FORMATS
from backend.exports.formats.croissant import CONTEXT
from tests.format_examples import HASH, biting, facts, figures
from tests.written_exports import written

# Of what mlcroissant does with rdflib and pandas.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index"),
]

EACH = pytest.mark.parametrize("format_", FORMATS.values(), ids=lambda one: one.name)
BOTH = pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])


def _document(format_: ExportFormat, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(format_.companions(facts(**given))["croissant.json"])
    return found


@EACH
@BOTH
def test_it_is_valid(format_: ExportFormat, kind: FileKind, tmp_path: Path) -> None:
    written(tmp_path, format_, kind, biting())
    found = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
    assert found.metadata.ctx.issues.errors == set()
    assert found.metadata.ctx.issues.warnings == set()
    assert [one["splits/name"] for one in found.records("splits")] == ["train", "validation"]


@EACH
def test_its_records_are_the_rows(format_: ExportFormat, tmp_path: Path) -> None:
    rows = written(tmp_path, format_, "parquet", biting())
    found = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
    for split, those in rows.items():
        read = [_plain(record, split) for record in found.records(split)]
        assert sorted(read, key=_place) == those


def _place(row: dict[str, Any]) -> int:
    place: int = row.get("extra_info", row)["position"]
    return place


def _plain(value: Any, within: str) -> Any:
    """Records name fields by their whole path, and hold texts as bytes."""
    if isinstance(value, dict):
        return {
            path.rpartition("/")[2]: _plain(part, path) for path, part in value.items()
        }  # fmt: skip
    if isinstance(value, list):
        return [_plain(part, within) for part in value]
    return value.decode() if isinstance(value, bytes) else value


@BOTH
def test_each_file_is_named_with_its_hash(kind: FileKind, tmp_path: Path) -> None:
    written(tmp_path, FORMATS["trl-sft"], kind, biting())
    document = orjson.loads((tmp_path / "croissant.json").read_bytes())
    files = [one for one in document["distribution"] if one["@type"] == "cr:FileObject"]
    assert sorted(one["contentUrl"] for one in files) == sorted(
        str(path.relative_to(tmp_path)) for path in (tmp_path / "data").iterdir()
    )
    for one in files:
        path = tmp_path / one["contentUrl"]
        assert one["sha256"] == sha256_of(path)
        assert one["contentSize"] == f"{path.stat().st_size} B"


def test_it_says_version_licence_and_how_to_cite() -> None:
    document = _document(FORMATS["verl"])
    assert document["@context"] == CONTEXT
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert (document["version"], document["datePublished"]) == ("3.0.0", "2026-11-26")
    assert document["license"] == ["https://spdx.org/licenses/CC-BY-4.0.html"]
    assert HASH in document["citeAs"]


def test_licences_that_are_not_known_are_said_as_they_are() -> None:
    names = ("MIT", "my own", None)
    amounts = [{"name": one, "rows": 1, "tokens": 1, "share": 0.1} for one in names]
    document = _document(FORMATS["verl"], figures=figures(licences=amounts))
    assert document["license"] == ["unknown", "https://spdx.org/licenses/MIT.html", "my own"]


def _fields(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("@type") == "cr:Field":
            yield node
        for part in node.values():
            yield from _fields(part)
    elif isinstance(node, list):
        for part in node:
            yield from _fields(part)


@EACH
def test_every_column_is_described(format_: ExportFormat) -> None:
    fields = {one["@id"]: one for one in _fields(_document(format_)["recordSet"])}
    for name in format_.schema.names:
        assert fields[f"train/{name}"]["description"]
        assert "dataType" in fields[f"validation/{name}"] or fields[f"train/{name}"]["subField"]

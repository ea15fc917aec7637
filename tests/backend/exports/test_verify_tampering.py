"""An export whose manifest was changed along with its files does not pass for the version."""

import copy
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.exports.export_place import VersionExport
from backend.exports.files import MANIFEST, sha256_of
from backend.exports.verify_version import faults_of_version
from tests.backend.exports.test_verify_version import change, file_of
from tests.mixtures import taught
from tests.version_exports import exported, folder_of, frozen_version

Json = dict[str, Any]


@pytest.fixture
def folder(session: Session, client: TestClient, woken: list[int]) -> Path:
    """An export with rows on both sides, in several files."""
    for number in range(20):
        taught(session, prompt=f"What is {number} plus {number}?")
    session.commit()
    version_id = frozen_version(client, woken, validation_share=0.3)
    return folder_of(exported(client, woken, version_id, shard_tokens=1000))


@pytest.fixture
def lines(session: Session, client: TestClient, woken: list[int]) -> Path:
    """An export of one row, as JSON lines."""
    taught(session)
    session.commit()
    return folder_of(exported(client, woken, frozen_version(client, woken), kind="jsonl.zst"))


def faults(folder: Path) -> list[str]:
    return list(faults_of_version(VersionExport(str(folder)), [], None))


def manifest_of(folder: Path) -> Json:
    found: Json = orjson.loads((folder / MANIFEST).read_bytes())
    return found


def write_lines(folder: Path, how: Callable[[Json], bytes]) -> str:
    """Change the row of a file of lines, with the manifest's word on it as if it had been so."""
    name = file_of(folder, "train")
    with pa.input_stream(folder / name, compression="zstd") as stream:
        row = orjson.loads(stream.read())
    with pa.output_stream(folder / name, compression="zstd") as stream:
        stream.write(how(row))
    manifest = manifest_of(folder)
    [entry] = [entry for entry in manifest["files"] if entry["name"] == name]
    entry |= {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    return name


def _as_lines(rows: Iterable[object]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def test_file_that_the_manifest_was_made_to_forget(folder: Path) -> None:
    manifest = manifest_of(folder)
    first = manifest["files"].pop(0)
    (folder / first["name"]).unlink()
    manifest["rows"] -= first["rows"]
    for sum_of in ("rows", "tokens"):
        manifest["splits"]["train"][sum_of] -= first[sum_of]
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    [fault] = faults(folder)
    assert fault.startswith(f"{MANIFEST}, mixture.rows_hash: the rows are not those of the version")


def test_row_of_another_seed(folder: Path) -> None:
    name = file_of(folder, "train")
    change(folder, name, lambda rows: rows[1].update(sample_id=rows[0]["sample_id"]))
    assert [fault.split(":")[0] for fault in faults(folder)] == [f"{MANIFEST}, mixture.rows_hash"]


def test_lineage_that_was_taken_out(folder: Path) -> None:
    """What it says nothing of could not be held against the other side of the split."""
    name, taken_out = file_of(folder, "train"), ("seed_id", "family", "position", "split", "tokens")

    def take_out(rows: list[Json]) -> None:
        for row, field in zip(rows, taken_out, strict=False):
            row[field] = None

    change(folder, name, take_out)
    found = faults(folder)
    for number, field in enumerate(taken_out, start=1):
        assert f"{name}, row {number}, {field}: it is null" in found


def test_lines_of_other_types(lines: Path) -> None:
    wrong: list[tuple[Json, str]] = [
        ({"seed_id": 2**63}, "seed_id: it is not int64"),
        ({"tokens": 1.5}, "tokens: it is not int64"),
        ({"family": True}, "family: it is not int64"),
        ({"messages": [None]}, "messages[0]: it is null"),
        ({"messages": [{"role": "user"}]}, "messages[0]: it is not struct<"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content: it is not string"),
        ({"messages": "Hello"}, "messages: it is not list<"),
    ]
    name = write_lines(lines, lambda row: _as_lines(row | changes for changes, _ in wrong))
    found = faults(lines)
    for number, (_, fault) in enumerate(wrong, start=1):
        assert found[number - 1].startswith(f"{name}, row {number}, {fault}")


def test_lines_that_are_no_rows(lines: Path) -> None:
    others = [[1, 2], "text", 5, None, {}]
    name = write_lines(lines, lambda _: _as_lines(others))
    for number, fault in enumerate(faults(lines)[: len(others)], start=1):
        assert fault.startswith(f"{name}, row {number}, all fields: others than messages, ")


def test_line_that_cannot_be_read_is_told_by_those_before_it(lines: Path) -> None:
    name = write_lines(lines, lambda row: orjson.dumps(row | {"position": 3}) + b"\n{\n")
    found = faults(lines)
    assert found[0] == f"{name}, row 1, position: 3 is not its place in the version"
    assert found[1].startswith(f"{name}, after row 1: it cannot be read: ")


def test_key_that_speaks_of_tags_is_no_fault(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session, prompt="Which tag ends <think>?", answer="</think>")
    session.commit()
    assert faults(folder_of(exported(client, woken, frozen_version(client, woken)))) == []


def test_folder_of_any_name(lines: Path, tmp_path: Path) -> None:
    for name in ("a [1] b", "50%20 #é?", "x::y"):
        there = tmp_path / name
        shutil.copytree(lines, there)
        assert faults(there) == []
        (there / "data" / "more").mkdir()
        (there / "data" / "more" / "train-1.parquet").write_bytes(b"")
        assert faults(there) == ["data/more/train-1.parquet is not in the manifest"]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Sequence[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1])
    return [
        each
        for key, part in inner
        for each in ((*path, key), *(_paths(part, (*path, key)) if _is_many(part) else ()))
    ]


def _is_many(value: object) -> bool:
    return isinstance(value, dict | list)


def test_manifest_that_lacks_a_part_is_told_by_its_field(lines: Path) -> None:
    """Whatever checking takes, by name; never an error of the program's own."""
    manifest = manifest_of(lines)
    needed = ("format", "rows", "splits", "mixture", "files")
    of_mixture = ("version_id", "rows_hash")
    for path in _paths({name: manifest[name] for name in needed}):
        if path[0] == "mixture" and path[1:] and path[1] not in of_mixture:
            continue
        if path[0] == "splits" and path[-1] == "files":
            continue
        for damage in (None, "text", [1]):
            changed = copy.deepcopy(manifest)
            within = changed
            for key in path[:-1]:
                within = within[key]
            if damage is None:
                within.pop(path[-1])
            else:
                within[path[-1]] = damage
            (lines / MANIFEST).write_bytes(orjson.dumps(changed))
            assert faults(lines), (path, damage)


def test_manifest_names_nothing_outside_its_folder(lines: Path) -> None:
    manifest = manifest_of(lines)
    for name in ("../../secret", "/etc/passwd", "data/../../x", ".."):
        manifest["files"][0]["name"] = name
        (lines / MANIFEST).write_bytes(orjson.dumps(manifest))
        assert faults(lines) == [f"{MANIFEST}, files.0.name: names no file within the folder"]

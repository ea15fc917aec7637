"""Every fault that is planted in a finished export is found, with its file, row and field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.exports.export_place import VersionExport
from backend.exports.files import MANIFEST, sha256_of
from backend.exports.guidelines import GuidelineText
from backend.exports.schemas import VersionStanding
from backend.exports.verify_version import faults_of_version
from tests.builders import create_hit
from tests.guided_runs import GUIDELINE, NAME
from tests.mixtures import taught
from tests.version_exports import data_files, exported, folder_of, frozen_version

Rows = list[dict[str, Any]]
TEXTS = [GuidelineText(NAME, GUIDELINE)]


@pytest.fixture
def export(session: Session, client: TestClient, woken: list[int]) -> dict[str, Any]:
    """An export with rows on both sides, in several files."""
    for number in range(20):
        taught(session, prompt=f"What is {number} plus {number}?")
    session.commit()
    version_id = frozen_version(client, woken, validation_share=0.3)
    return exported(client, woken, version_id, shard_tokens=1000)


def faults(folder: Path, standing: VersionStanding | None = None) -> list[str]:
    return list(faults_of_version(VersionExport(str(folder)), TEXTS, standing))


def file_of(folder: Path, split: str) -> str:
    return next(f"data/{path.name}" for path in data_files(folder) if path.name.startswith(split))


def change(folder: Path, name: str, how: Callable[[Rows], Any]) -> None:
    """Change rows of a file, with the manifest's word on the file as if it had been so."""
    table = pq.read_table(folder / name)
    rows = table.to_pylist()
    how(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), folder / name)
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    [entry] = [entry for entry in manifest["files"] if entry["name"] == name]
    entry |= {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))


def test_whole_export_has_none(export: dict[str, Any], client: TestClient) -> None:
    version_id = export["manifest"]["mixture"]["version_id"]
    said = client.get(f"/v1/mixture-versions/{version_id}:standing").json()
    assert faults(folder_of(export), VersionStanding.model_validate(said)) == []


def test_missing_changed_and_strange_files(export: dict[str, Any]) -> None:
    folder = folder_of(export)
    train, held_out = file_of(folder, "train"), file_of(folder, "validation")
    (folder / train).unlink()
    changed = bytearray((folder / held_out).read_bytes())
    changed[100] ^= 1
    (folder / held_out).write_bytes(changed)
    (folder / "README.md").write_text("Nothing.")
    (folder / "data" / "more.parquet").write_bytes(b"")
    found = faults(folder)
    assert f"{train} is missing" in found
    assert f"{held_out} has changed: its hash is not the manifest's" in found
    assert any(fault.startswith("README.md has 8 bytes, ") for fault in found)
    assert "data/more.parquet is not in the manifest" in found
    (folder / MANIFEST).unlink()
    assert faults(folder) == [f"{MANIFEST} is missing: the export was not finished"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<think>\nWell.\n\nIt is 4.", "format"),
        ("<think>\nWell.\n</think>\n\n", "no_answer"),
        ("It is 4.", None),
    ],
)
def test_tags_of_thinking(export: dict[str, Any], text: str, problem: str | None) -> None:
    folder = folder_of(export)
    name = file_of(folder, "train")
    change(folder, name, lambda rows: rows[1]["messages"][1].update(content=text))
    expected = (
        f"{name}, row 2, messages[1].content: its <think> tags are not well formed ({problem})"
        if problem
        else f"{name}, row 2, thinking: no text begins with <think>"
    )
    assert expected in faults(folder)


def test_words_of_guidelines_tokens_splits_and_positions(export: dict[str, Any]) -> None:
    folder = folder_of(export)
    name = file_of(folder, "train")
    quote = f"<think>\nSo. {GUIDELINE}\n</think>\n\nIt is 4."

    def spoil(rows: Rows) -> None:
        rows[0]["messages"][1]["content"] = quote
        rows[1]["tokens"] += 5
        rows[2]["split"] = "validation"
        rows[3]["position"] = 77

    change(folder, name, spoil)
    found = faults(folder)
    assert f"{name}, row 1, messages[1].content: it has words of {NAME}" in found
    assert any(fault.startswith(f"{name}, tokens: ") for fault in found)
    assert f"{name}, row 3, split: it is validation, in a file of train" in found
    assert f"{name}, row 4, position: 77 is not its place in the version" in found


def test_what_stands_on_both_sides(export: dict[str, Any]) -> None:
    folder = folder_of(export)
    train, held_out = file_of(folder, "train"), file_of(folder, "validation")
    trained = pq.read_table(folder / train).to_pylist()
    kept = pq.read_table(folder / held_out).to_pylist()[0]

    def spoil(rows: Rows) -> None:
        rows[0]["family"] = trained[1]["family"]
        rows[0]["parent_seed_id"] = trained[2]["seed_id"]
        rows[1]["seed_id"] = trained[0]["seed_id"]

    change(folder, held_out, spoil)
    change(folder, train, lambda rows: rows[3].update(parent_seed_id=kept["seed_id"]))
    found = faults(folder)
    family, parent, seed = trained[1]["family"], trained[2]["seed_id"], trained[0]["seed_id"]
    assert f"{held_out}, row 1, family: family {family} is trained on too ({train}, row 2)" in found
    assert (
        f"{held_out}, row 1, parent_seed_id: its parent, seed {parent}, is trained on "
        f"({train}, row 3)"
    ) in found
    assert f"{held_out}, row 2, seed_id: seed {seed} is trained on too ({train}, row 1)" in found
    assert (
        f"{train}, row 4, parent_seed_id: its parent, seed {kept['seed_id']}, is held out "
        f"({held_out}, row 1)"
    ) in found


def test_columns_rows_and_sums(export: dict[str, Any]) -> None:
    folder = folder_of(export)
    name = file_of(folder, "train")
    table = pq.read_table(folder / name)
    pq.write_table(table.drop_columns(["domain"]).slice(1), folder / name)
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    entry = next(each for each in manifest["files"] if each["name"] == name)
    entry |= {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
    manifest["splits"]["train"]["tokens"] += 1
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    found = faults(folder)
    assert f"{name}, domain: it is missing, not string" in found
    assert f"{name} holds {len(table) - 1} rows, the manifest says {len(table)}" in found
    assert any(fault.startswith(f"{MANIFEST}, splits.train.tokens: ") for fault in found)
    manifest["manifest_version"] = 99
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    assert faults(folder) == [f"{MANIFEST}, manifest_version: 99 is not known here"]


def test_lines_of_other_types(session: Session, client: TestClient, woken: list[int]) -> None:
    taught(session)
    session.commit()
    export = exported(client, woken, frozen_version(client, woken), kind="jsonl.zst")
    folder = folder_of(export)
    name = file_of(folder, "train")
    with pa.input_stream(folder / name, compression="zstd") as stream:
        row = orjson.loads(stream.read())
    with pa.output_stream(folder / name, compression="zstd") as stream:
        stream.write(orjson.dumps(row | {"seed_id": "one"}, option=orjson.OPT_APPEND_NEWLINE))
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    entry = next(each for each in manifest["files"] if each["name"] == name)
    entry |= {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    assert any(fault.startswith(f"{name}, row 1, seed_id: it is not int64") for fault in
               faults_of_version(VersionExport(str(folder)), None, None))  # fmt: skip


def test_hits_and_takedowns_of_now(
    export: dict[str, Any], session: Session, client: TestClient
) -> None:
    folder, manifest = folder_of(export), export["manifest"]
    name = file_of(folder, "train")
    rows = pq.read_table(folder / name).to_pylist()
    from backend.seeds.tables import Seed

    create_hit(session, session.get_one(Seed, rows[0]["seed_id"]))
    session.commit()
    body = {"token": "00000000-0000-4000-8000-000000000001", "reason": "privacy",
            "seed_ids": [rows[1]["seed_id"]]}  # fmt: skip
    client.post("/v1/takedowns", json=body)
    version_id = manifest["mixture"]["version_id"]
    said = client.get(f"/v1/mixture-versions/{version_id}:standing").json()
    standing = VersionStanding.model_validate(said)
    found = faults(folder, standing)
    assert len(found) == 2
    assert found[0].startswith(f"{name}, row 1, seed_id: seed {rows[0]['seed_id']} has a benchmark")
    assert found[1] == (
        f"{name}, row 2, seed_id: seed {rows[1]['seed_id']} was taken down or taken back"
    )
    other = standing.model_copy(update={"rows_hash": "another"})
    assert faults(folder, other) == [
        f"{MANIFEST}, mixture: the server's version {version_id} is another one"
    ]

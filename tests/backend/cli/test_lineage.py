"""`seedbed lineage`: a tree to read, JSON, and W3C PROV; of rows by place and as pasted."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from backend.cli.app import app
from backend.config import settings
from tests.builders import create_seed
from tests.lineages import Json, exported, lived


@pytest.fixture
def export(session: Session, client: TestClient, woken: list[int]) -> Json:
    """A seed's two traces, exported."""
    lived(session, client)
    return exported(client, woken, layout="sft", traces="all")


def data(export: Json) -> Path:
    return settings().home / "exports" / export["folder"] / "data.jsonl"


def test_row_by_its_place_is_a_tree(seedbed: Any, export: Json) -> None:
    shown = seedbed("lineage", "row", "--export", str(export["id"]), "--row", "1").output
    for said in (
        "position 1 of export", "brought it: big.jsonl, recipe big-math-rl-verified",
        "(wise)", "temperature 0.6", "trace: kept, verified against given 42",
        "reject by", "(too easy), undone by", "plurality: 2 x 42", "teacher: $0.40, 2 calls",
        "this row's share: $0.45 = $0.30 / 1 + ($0.69 - $0.40) / 2", "<- this one",
    ):  # fmt: skip
        assert said in shown, (said, shown)


def test_row_of_a_file_or_pasted_is_the_same_row(seedbed: Any, export: Json) -> None:
    line = data(export).read_text().splitlines()[0]
    pasted = json.loads(seedbed("lineage", line, "--json").output)
    assert json.loads(seedbed("lineage", str(data(export)), "--json").output) == pasted
    assert json.loads(seedbed("lineage", "row", line, "--json").output) == pasted
    assert pasted["response"]["id"] == json.loads(line)["sample_id"]
    nested = json.dumps({"prompt": [], "extra_info": json.loads(line)})
    assert json.loads(seedbed("lineage", nested, "--json").output) == pasted
    piped = CliRunner().invoke(app, ["lineage", "-", "--json"], input=line)
    assert json.loads(piped.output) == pasted


def test_pasted_row_is_held_against_the_export_that_is_named(seedbed: Any, export: Json) -> None:
    first, second = data(export).read_text().splitlines()
    place = ("--export", str(export["id"]), "--row", "1")
    assert "position 1 of export" in seedbed("lineage", second, *place).output
    assert "stands sample_id" in seedbed("lineage", first, *place, status=1).output


def test_provenance_is_written_or_printed(seedbed: Any, export: Json, tmp_path: Path) -> None:
    target, place = tmp_path / "row.json", ("--export", str(export["id"]), "--row", "0")
    assert str(target) in seedbed("lineage", "row", *place, "--prov", str(target)).output
    printed = seedbed("lineage", "row", *place, "--prov", "-").output
    assert json.loads(printed) == json.loads(target.read_text())
    assert f"item:export-{export['id']}" in json.loads(printed)["entity"]
    assert "no position" in seedbed(
        "lineage", "row", "--version", "77", "--row", "0", "--prov", "-", status=1
    ).output.replace("there is no mixture version", "no position")
    nowhere = str(tmp_path / "no" / "where")
    assert "cannot be written" in seedbed(
        "lineage", "row", *place, "--prov", nowhere, status=1
    ).output  # fmt: skip


def test_seed_says_what_it_has_gone_into(seedbed: Any, client: TestClient, export: Json) -> None:
    seed_id = json.loads(data(export).read_text().splitlines()[0])["seed_id"]
    shown = seedbed("lineage", "seed", str(seed_id)).output
    assert f"export {export['id']} first: 2 rows" in shown
    assert "MUST NOT BE USED" not in shown
    seedbed("takedowns", "add", "--seed", str(seed_id), "--reason", "request")
    shown = seedbed("lineage", "seed", str(seed_id)).output
    assert "MUST NOT BE USED" in shown
    assert "look again at what is below" in shown


def test_text_of_a_seed_does_not_steer_the_terminal(session: Session, seedbed: Any) -> None:
    seed = create_seed(session, "Red \x1b[31m and [bold]bold[/bold]?")
    session.commit()
    shown = seedbed("lineage", "seed", str(seed.id)).output
    assert "\x1b" not in shown
    assert "[bold]bold[/bold]" in shown


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["row"], 2, "Give a row"),
        (["row", "--export", "1"], 2, "Give a row"),
        (["{broken"], 1, "This is no row"),
        (['{"prompt": "x"}'], 1, "carries no seed_id"),
        (["/no/such/file"], 1, "no file that can be read"),
        (["seed", "999"], 1, "there is no seed 999"),
        (['{"seed_id": 999, "revision_id": 1}'], 1, "there is no seed 999"),
    ],
)
def test_what_is_no_row_is_explained(
    seedbed: Any, words: list[str], status: int, says: str
) -> None:
    assert says in seedbed("lineage", *words, status=status).output


def test_first_row_of_a_long_file_is_read_and_no_more(
    seedbed: Any, export: Json, tmp_path: Path
) -> None:
    line = data(export).read_text().splitlines()[0]
    long = tmp_path / "rows.jsonl"
    long.write_bytes(line.encode() + b"\n" + b"x" * 2**20 + b"\xff")
    assert "position" in seedbed("lineage", str(long), "--json").output
    over_lines = tmp_path / "row.json"
    over_lines.write_text(json.dumps(json.loads(line), indent=2))
    assert "position" in seedbed("lineage", str(over_lines), "--json").output

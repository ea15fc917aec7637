"""What an export says of benchmarks that it was checked against, and of those that it was not."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from backend.cli.export import app
from backend.decontamination.index import current_version
from backend.decontamination.tables import Benchmark, BenchmarkItem
from backend.exports.certificate import certificate
from backend.exports.selection import census
from backend.exports.verify import certificate_of
from backend.seeds.filters import SeedFilter
from tests.backend.exports.test_export import _folder, _written
from tests.builders import create_seed


def said(session: Session) -> dict[str, Any]:
    return certificate(session, census(session, SeedFilter()))


def load(session: Session, name: str, items: int, **fields: Any) -> None:
    session.add(Benchmark(name=name, version="1", split="test", item_count=items, **fields))
    session.flush()


def test_without_benchmarks_everything_is_unchecked(session: Session) -> None:
    create_seed(session, answer="1", status="accepted")
    found = said(session)
    assert (found["benchmarks"], found["checked"], len(found["not_checked"])) == ([], [], 23)
    assert "Checked against 0 loaded benchmarks (0 items)." in found["summary"]
    assert "NOT checked: AIME-2024, MATH, " in found["summary"]
    assert "Seeds that were never checked: 1." in found["summary"]


def test_each_named_benchmark_is_in_one_list(session: Session) -> None:
    load(session, "gsm8k_test", 1319, licence="MIT")
    load(session, "math_500", 500)
    load(session, "livecodebench", 880)
    load(session, "gpqa", 448, gated=True)
    load(session, "drop", 0)
    load(session, "mmlu", 14042)
    found = said(session)
    assert found["checked"] == [
        {"name": "GPQA", "items_checked": 448, "items": 448},
        {"name": "LiveCodeBench", "items_checked": 880, "items": None},
        {"name": "GSM8k", "items_checked": 1319, "items": 1319},
    ]
    assert found["partly_checked"] == [{"name": "MATH", "items_checked": 500, "items": 5000}]
    assert len(found["not_checked"]) == 19
    assert "DROP" in found["not_checked"]
    shown = {row["name"]: (row["licence"], row["gated"]) for row in found["benchmarks"]}
    assert shown == {
        "gpqa": (None, True), "gsm8k_test": ("MIT", False), "livecodebench": (None, False),
        "math_500": (None, False), "mmlu": (None, False),
    }  # fmt: skip
    for sentence in (
        "Checked against 5 loaded benchmarks (17,189 items).",
        "names, 2 are loaded in full.",
        "Loaded, of unknown size: LiveCodeBench (880).",
        "Only in part: MATH (500 of 5,000).",
    ):
        assert sentence in found["summary"]


def test_seeds_checked_before_a_benchmark_changed_are_counted(session: Session) -> None:
    load(session, "gsm8k", 1319)
    create_seed(session, answer="1", status="accepted", checked_index=current_version(session).id)
    assert said(session)["checked_before"] == 0
    [benchmark] = session.scalars(select(Benchmark))
    session.add(BenchmarkItem(benchmark_id=benchmark.id, external_id="a", text="One more?"))
    assert said(session)["checked_before"] == 1
    assert "Seeds checked before a benchmark changed: 1." in said(session)["summary"]


def test_manifest_holds_it_and_verify_says_it(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    load(session, "gsm8k", 1319)
    create_seed(session, answer="1", status="accepted")
    export = _written(client, woken)
    folder = _folder(export)
    [benchmark] = export["manifest"]["decontamination"]["benchmarks"]
    assert {*benchmark} == {
        "name", "version", "split", "licence", "gated", "items", "loaded_at",
    }  # fmt: skip
    verified = CliRunner().invoke(app, ["verify", str(folder), "--without-guidelines"])
    assert verified.exit_code == 0
    assert "1 are loaded in full." in verified.stdout
    assert "NOT checked: AIME-2024" in verified.stdout


@pytest.mark.parametrize("part", [{}, {"decontamination": {"benchmarks": []}}])
def test_older_manifest_is_not_read_as_clean(tmp_path: Path, part: dict[str, Any]) -> None:
    (tmp_path / "manifest.json").write_bytes(orjson.dumps(part))
    assert "does not say which benchmarks were missing" in certificate_of(tmp_path)


def test_later_benchmarks_are_named_with_their_month(session: Session) -> None:
    load(session, "aime_2025", 30)
    create_seed(session, answer="1", status="accepted")
    found = said(session)
    assert found["also_evaluated"] == [
        {"name": "AIME-2025", "items_checked": 30, "items": 30},
        {"name": "HMMT-February-2025", "items_checked": 0, "items": 30},
    ]
    assert len(found["not_checked"]) == 23
    assert found["released"]["AIME-2025"] == "2025-02"
    assert found["released"]["PhiBench"] is None
    assert "besides, NOT checked: HMMT-February-2025 (released 2025-02)." in found["summary"]

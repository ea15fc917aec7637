"""`seedbed benchmarks` against the real API."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli import benchmarks
from backend.cli import client as cli_client
from backend.cli.client import Api
from backend.decontamination.tables import BenchmarkItem
from backend.jobs.tables import Job
from tests.backend.decontamination import data_folders as made


@pytest.fixture
def run(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SEEDBED_KEY", "unused: the client of the tests is signed in")

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        return client.request(method, path, **options)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(benchmarks.app, [str(argument) for argument in arguments])

    monkeypatch.setattr(Api, "request", request)
    return run


def test_load_and_list_show_the_benchmarks(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "robes.jsonl"
    file.write_text('{"id": 1, "text": "How many robes?"}\n')
    loaded = run("load", file, "--version", "3", "--licence", "MIT")
    assert loaded.exit_code == 0, loaded.output
    assert "1 created" in loaded.stderr
    listed = run("list")
    assert "0 of the 23 benchmarks that reports name are loaded. The others:" in listed.stderr
    assert "  GPQA: seedbed benchmarks load gpqa --name 'GPQA' --config gpqa_main" in listed.stderr
    for shown in (loaded.stdout, listed.stdout):
        [row] = shown.splitlines()[1:]
        assert row.split()[1:6] == ["robes", "3", "test", "MIT", "1"]


def test_load_with_broken_rows_names_them_and_says_so(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "b.jsonl"
    file.write_text('{"id": 1, "set": "a", "text": "x"}\nnonsense\n{"id": 2, "text": "y"}\n')
    loaded = run("load", file, "--benchmark-field", "set")
    assert loaded.exit_code == 4
    assert "1 created, 0 updated, 0 unchanged, 2 rejected" in loaded.stderr
    assert "row 3, set: the row has no set" in loaded.stderr


def test_folder_is_sent_whole_and_its_columns_put_together(
    run: Any, session: Session, tmp_path: Path
) -> None:
    rows = [{"question": "Which is a gas?", "choices": {"text": ["Neon"], "label": ["A"]}}]
    folder = tmp_path / "arc_easy"
    made.save_to_disk(folder, rows, split="test", info={"license": "cc-by-sa-4.0"})
    fields = ["--text-field", "question", "--text-field", "choices"]
    loaded = run("load", folder, *fields)
    assert loaded.exit_code == 0, loaded.output
    [row] = loaded.stdout.splitlines()[1:]
    assert row.split()[1:6] == ["arc_easy", "1", "test", "cc-by-sa-4.0", "1"]
    [item] = session.scalars(select(BenchmarkItem))
    assert (item.external_id, item.text) == ("arc_easy-1", "Which is a gas?\nA. Neon")
    listed = run("list")
    assert listed.stdout.split()[-2:] == ["ARC-Easy", "partly"]
    assert "ARC-Easy (1 of 2,376): seedbed benchmarks load" in listed.stderr


def test_folder_without_the_split_is_refused(run: Any, tmp_path: Path) -> None:
    made.write(tmp_path / "set", **{"train.jsonl": "{}", "validation.jsonl": "{}"})
    loaded = run("load", tmp_path / "set")
    assert loaded.exit_code == 1
    assert "there is no split test: there are train, validation" in loaded.stderr


def test_benchmark_is_corrected_and_removed(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"text": "How many robes?"}\n')
    number = run("load", file, "--gated").stdout.splitlines()[1].split()[0]
    corrected = run("set", number, "--stands-for", "MATH", "--open", "--licence", "MIT")
    assert corrected.exit_code == 0, corrected.output
    assert run("list").stdout.split()[-2:] == ["MATH", "partly"]
    run("set", number, "--stands-for", "")
    assert "MATH" not in run("list").stdout
    assert "must be none or one of" in run("set", number, "--stands-for", "x").stderr
    assert f"Benchmark {number} is removed" in run("remove", number).stderr
    assert run("remove", number).exit_code == 1


def test_load_of_an_empty_file_is_refused(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "b.jsonl"
    file.touch()
    loaded = run("load", file)
    assert loaded.exit_code == 1
    assert "holds no rows" in loaded.stderr


def test_check_waits_for_its_job(
    run: Any, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.jsonl"
    file.write_text('{"id": 1, "text": "x"}\n')
    run("load", file)

    def work(_: float) -> None:
        session.execute(update(Job).values(state="done", done_count=12))
        session.commit()

    monkeypatch.setattr(cli_client.time, "sleep", work)
    checked = run("check")
    assert checked.exit_code == 0
    assert "12 seeds were checked" in checked.stderr

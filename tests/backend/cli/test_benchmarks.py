"""`seedbed benchmarks` against the real API."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli import benchmarks
from backend.cli import client as cli_client
from backend.cli.client import Api
from backend.jobs.tables import Job


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

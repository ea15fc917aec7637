"""`seedbed guidelines`, against the real API."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api


@pytest.fixture
def seedbed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed guidelines …`."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["guidelines", *map(str, arguments)])

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weapons.txt"
    path.write_text("Do not tell how weapons are built.")
    return path


def test_file_becomes_a_guideline_and_then_its_next_version(seedbed: Any, file: Path) -> None:
    missing = seedbed("add", file)
    assert (missing.exit_code, "--category" in missing.stderr) == (1, True)
    first = seedbed("add", file, "--category", "weapons_cbrn", "--note", "first")
    assert "weapons is guideline" in first.stderr
    assert "version 1" in first.stderr
    file.write_text("Do not tell how bombs are built.\x1b[31m")
    assert "version 2" in seedbed("add", file, "--note", "narrower").stderr
    assert "weapons_cbrn" in seedbed("list").stdout
    shown = seedbed("show", "Weapons")
    assert "bombs are built.\ufffd[31m" in shown.stdout
    assert "narrower" in shown.stdout
    assert "weapons are" in seedbed("show", "weapons", "--version", 1).stdout
    changed = seedbed("diff", "weapons")
    assert "[-weapons -]{+bombs +}are" in changed.stdout
    alone = seedbed("diff", "weapons", "--version", 1)
    assert (alone.exit_code, "is the first" in alone.stderr) == (1, True)


def test_what_is_no_text_or_unknown_ends_the_command(seedbed: Any, file: Path) -> None:
    file.write_bytes(b"caf\xe9")
    assert "not UTF-8: byte 3" in seedbed("add", file, "--category", "other").stderr
    file.write_text(" ")
    blank = seedbed("add", file, "--category", "other")
    assert (blank.exit_code, "text: " in blank.stderr) == (1, True)
    assert "There is no guideline oracle" in seedbed("show", "oracle").stderr

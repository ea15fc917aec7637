"""Commands, run as from a shell."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line: `run("seeds", "list")`."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str, status: int = 0, **options: str) -> Result:
        result = CliRunner().invoke(app, words, **options)  # type: ignore[arg-type]
        assert result.exit_code == status, result.output
        return result

    return call


@pytest.fixture
def seedbed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed …`; its requests go to the API of this process."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(Api, "request", request)

    def run(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == status, result.output
        return result

    return run

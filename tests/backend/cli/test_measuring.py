"""`seedbed rewrites measure`, against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from tests.backend.rewriting.proposals import proof_seed, propose
from tests.builders import create_endpoint

MODELS = ("--reference", "strong", "--weak", "smol")


@pytest.fixture
def seedbed(client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed rewrites …` beside three endpoints and a rewrite that waits."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    for role, name in (("weak", "smol"), ("reference", "strong"), ("judge", "umpire")):
        create_endpoint(session, role, name=name)
    propose(client, proof_seed(session), "Show that it is 1600.", "1600")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["rewrites", *arguments])

    return run


def test_all_that_wait_are_measured(seedbed: Any, client: TestClient) -> None:
    result = seedbed("measure", *MODELS, "--judge", "umpire", "--max-calls", "100")
    assert result.exit_code == 0, result.output
    assert "measuring rewrites" in result.stdout
    assert "0 of 1 rewrites" in result.stdout
    [run] = client.get("/v1/runs").json()["items"]
    assert (run["settings"]["rewrites"], run["max_calls"]) == (True, 100)


def test_forecast_starts_nothing(seedbed: Any, client: TestClient) -> None:
    result = seedbed("measure", *MODELS, "--forecast")
    assert result.exit_code == 0, result.output
    assert client.get("/v1/runs").json()["items"] == []


def test_named_rewrite_that_is_unknown_is_refused(seedbed: Any) -> None:
    result = seedbed("measure", "999999", *MODELS)
    assert result.exit_code != 0
    assert "there is no rewrite 999999" in result.output

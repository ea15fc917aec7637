"""`seedbed augment`, against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from tests.builders import create_endpoint, create_seed


@pytest.fixture
def seedbed(client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed augment …` beside a teacher, two accepted seeds and a pending one."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    create_endpoint(session, "teacher", name="sage")
    for status, domain in (("accepted", "algebra"), ("accepted", "sets"), ("pending", "sets")):
        create_seed(session, status=status, domain=domain)
    session.commit()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["augment", *arguments])

    return run


def test_start_takes_the_accepted_seeds_of_a_domain(seedbed: Any, client: TestClient) -> None:
    result = seedbed("start", "--model", "sage", "--domain", "sets", "--kind", "harder")
    assert result.exit_code == 0, result.output
    [run] = client.get("/v1/runs").json()["items"]
    assert (run["kind"], run["seeds_total"]) == ("augmentation", 1)
    assert run["settings"]["template"] == "harder"
    summary = seedbed("summary", str(run["id"]))
    assert (summary.exit_code, "0 replies, 0 made" in summary.output) == (0, True)


def test_forecast_starts_nothing(seedbed: Any, client: TestClient) -> None:
    result = seedbed("start", "--model", "sage", "--forecast")
    assert (result.exit_code, "2 seeds" in result.output) == (0, True)
    assert client.get("/v1/runs").json()["items"] == []

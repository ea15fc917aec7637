"""`seedbed runs`, against the real API."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from backend.scoring.samples import NewSample, store_samples
from tests.builders import create_endpoint, create_seed


@pytest.fixture
def seedbed(client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed runs …` beside two endpoints and three seeds without an answer."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    create_endpoint(session, "weak", name="smol")
    create_endpoint(session, "reference", name="strong", max_calls_per_day=10)
    for _ in range(3):
        create_seed(session)
    session.commit()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["runs", *arguments])

    return run


def test_forecast_shows_a_range_for_each_endpoint_and_what_else_to_know(seedbed: Any) -> None:
    result = seedbed("start", "--weak", "smol", "--reference", "strong", "--forecast")
    assert result.exit_code == 0, result.output
    # Three seeds with 2 to 8 answers of the reference.
    assert "12 (6 to 24)" in result.stdout
    assert "strong takes 1 to 3 days at its limit of 10 calls a day" in result.stderr


def test_spend_shows_each_endpoint_and_the_hint(
    seedbed: Any, client: TestClient, session: Session
) -> None:
    seedbed("start", "--weak", "smol", "--reference", "strong")
    [run] = client.get("/v1/runs").json()["items"]
    weak = next(e for e in run["settings"]["line_up"] if e["role"] == "weak")
    seed = create_seed(session)
    cut_off = [
        NewSample(
            seed.revision_id, weak["endpoint_id"], "t", "s", index, 64, "", None, "length", None,
            None, 10, 64, Decimal(0), 9,
        )
        for index in range(20)
    ]  # fmt: skip
    store_samples(session, run["id"], cut_off)
    session.commit()
    result = seedbed("spend", str(run["id"]))
    assert result.exit_code == 0, result.output
    assert "1280" in result.stdout
    assert "100% of smol's answers were cut off at 64 tokens" in result.stderr

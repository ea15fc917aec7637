"""`seedbed rewrites`, against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from tests.backend.rewriting.proposals import VALUE, proof_seed, propose
from tests.builders import create_endpoint, create_seed


@pytest.fixture
def seedbed(client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed rewrites …` beside a teacher and a seed that needs a rewrite."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    create_endpoint(session, "teacher", name="sage")
    create_seed(session)
    session.commit()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["rewrites", *arguments])

    return run


_START = ("start", "--model", "sage", "--kind", "proof_to_answer")


def test_start_asks_about_seeds_that_need_it_or_about_one(
    seedbed: Any, client: TestClient, session: Session
) -> None:
    seed = proof_seed(session)
    result = seedbed(*_START, "--candidates", "2", "--note", "Be brief.", "--max-calls", "3")
    assert result.exit_code == 0, result.output
    result = seedbed(*_START, "--seed", str(seed.id))
    assert result.exit_code == 0, result.output
    one, all_ = client.get("/v1/runs").json()["items"]
    assert (one["filter"], one["seeds_total"]) == ({"seed_id": seed.id}, 1)
    assert (all_["filter"], all_["max_calls"]) == ({"status": "needs_rewrite"}, 3)
    assert (all_["settings"]["candidates"], all_["settings"]["note"]) == (2, "Be brief.")


def test_forecast_starts_nothing(seedbed: Any, client: TestClient, session: Session) -> None:
    proof_seed(session)
    result = seedbed(*_START, "--forecast")
    assert result.exit_code == 0, result.output
    assert "1 seeds" in result.output
    assert client.get("/v1/runs").json()["items"] == []


def test_unknown_model_is_named(seedbed: Any) -> None:
    result = seedbed("start", "--model", "who", "--kind", "free")
    assert result.exit_code == 1
    assert "There is no endpoint who" in result.output


def test_list_and_show_say_what_is_proposed_and_why(
    seedbed: Any, client: TestClient, session: Session
) -> None:
    made = propose(client, proof_seed(session), f"{VALUE} \x1b[31m", "1600")
    listed = seedbed("list")
    assert (listed.exit_code, "proof_to_answer" in listed.output) == (0, True)
    assert "proof_to_answer" not in seedbed("list", "--state", "approved").output
    assert VALUE[:30] in seedbed("list", "--state", "any").output
    shown = seedbed("show", str(made["id"]))
    assert shown.exit_code == 0, shown.output
    assert "stands_alone" in shown.output
    assert "\x1b[31m" not in shown.output


def test_summary_of_a_run(seedbed: Any, client: TestClient, session: Session) -> None:
    proof_seed(session)
    seedbed(*_START)
    [run] = client.get("/v1/runs").json()["items"]
    result = seedbed("summary", str(run["id"]))
    assert (result.exit_code, "0 replies, 0 made" in result.output) == (0, True)

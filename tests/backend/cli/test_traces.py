"""`seedbed traces`, against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from tests.builders import create_endpoint, create_run, create_sample, create_seed, create_trace


@pytest.fixture
def seedbed(client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed traces …` beside a teacher and two seeds with answers."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    create_endpoint(session, "teacher", name="sage")
    for _ in range(2):
        create_seed(session, answer="4")
    session.commit()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["traces", *arguments])

    return run


def test_start_takes_a_teacher_by_name_and_rules_as_words(seedbed: Any, client: TestClient) -> None:
    result = seedbed(
        "start", "--teacher", "sage", "--samples", "2", "--rule", "most_tokens=900",
        "--rule", "needs_thinking=false", "--template", "think_tags", "--max-calls", "3",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    [run] = client.get("/v1/runs").json()["items"]
    assert (run["kind"], run["max_calls"], run["settings"]["samples"]) == ("traces", 3, 2)
    rules = run["settings"]["rules"]
    assert (rules["most_tokens"], rules["needs_thinking"]) == (900, False)
    assert run["settings"]["line_up"][0]["sampling"]["template"] == "think_tags"


def test_forecast_says_what_it_takes(seedbed: Any, client: TestClient) -> None:
    result = seedbed("start", "--teacher", "sage", "--samples", "3", "--forecast")
    assert result.exit_code == 0, result.output
    assert "2 seeds" in result.stderr
    assert "sage" in result.stdout
    assert client.get("/v1/runs").json()["items"] == []


def test_unknown_teacher_and_rules_that_are_none_end_the_command(seedbed: Any) -> None:
    unknown = seedbed("start", "--teacher", "oracle")
    assert unknown.exit_code != 0
    assert "there are: sage" in unknown.stderr
    assert seedbed("start", "--teacher", "sage", "--rule", "most_tokens").exit_code != 0


def test_traces_are_listed_shown_summed_up_and_chosen(seedbed: Any, session: Session) -> None:
    run = create_run(session, "traces")
    seed = create_seed(session, "What is six times seven, in words and in digits?", "42")
    sample = create_sample(session, seed, "teacher", reasoning="Six sevens.", response="It is 42.")
    create_trace(session, seed, run, None, sample)
    create_trace(session, seed, run, "wrong", evidence={"found": "41 differs from 42 (given)"})
    session.commit()
    listed = seedbed("list", "--run", str(run.id), "--reason", "wrong")
    assert listed.exit_code == 0, listed.output
    assert str(seed.id) in listed.stdout
    assert "kept" not in listed.stdout
    shown = seedbed("show", str(sample.id))
    assert "--- thinking\nSix sevens.\n" in shown.stdout
    summed = seedbed("summary", str(run.id))
    assert "2 traces, 1 kept (50.0%)" in summed.stderr
    assert "wrong" in summed.stdout
    chosen = seedbed("chosen", "--rule", "all")
    assert str(sample.id) in chosen.stdout


def test_start_under_a_guideline_with_a_judge_and_a_curators_word(
    seedbed: Any, client: TestClient, session: Session
) -> None:
    create_endpoint(session, "judge", name="solomon")
    session.commit()
    body = {"name": "Poisons", "category": "other", "text": "Decline to tell how it is made."}
    made = client.post("/v1/guidelines", json=body).json()
    result = seedbed(
        "start", "--teacher", "sage", "--guideline", "poisons", "--judge", "solomon",
        "--guideline-version", "1",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    [run] = client.get("/v1/runs").json()["items"]
    assert run["settings"]["guideline"] == {
        "guideline_id": made["id"], "name": "Poisons", "number": 1,
        "version_id": made["newest"]["id"],
    }  # fmt: skip
    assert [entry["role"] for entry in run["settings"]["line_up"]] == ["teacher", "judge"]
    trace = create_trace(
        session, create_seed(session), create_run(session, "traces"), state="unjudged",
        guideline_version_id=made["newest"]["id"],
    )  # fmt: skip
    session.commit()
    number = str(trace.sample_id)
    assert number in seedbed("list", "--guideline", "Poisons", "--state", "unjudged").stdout
    kept = seedbed("decide", number, "kept", "--reason", "It is kind.")
    assert "is kept (decision" in kept.stderr
    assert "It is kind." in seedbed("show", number).stdout

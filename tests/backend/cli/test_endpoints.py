"""`seedbed endpoints`, against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from backend.cli.app import app
from backend.cli.client import Api
from backend.endpoints import trial
from backend.endpoints.schemas import EndpointTestResult

ADD = ["add", "small", "--url", "http://127.0.0.1:8302/v1", "--model", "smollm2", "--role", "weak"]


@pytest.fixture
def seedbed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `seedbed endpoints …`; its requests go to the API of this process."""

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["endpoints", *arguments])

    return run


def test_added_endpoint_has_what_was_given_and_defaults(seedbed: Any, client: TestClient) -> None:
    options = ["--max-tokens", "64", "--no-temperature", "--input-price", "0.15"]
    result = seedbed(*ADD, *options)
    assert result.exit_code == 0, result.output
    endpoint = client.get(f"/v1/endpoints/{result.stdout.strip()}").json()
    assert (endpoint["name"], endpoint["role"], endpoint["input_price"]) == ("small", "weak", 0.15)
    assert (endpoint["sampling"]["max_tokens"], endpoint["sampling"]["temperature"]) == (64, None)
    assert endpoint["max_in_flight"] == 64


def test_refused_endpoint_says_why(seedbed: Any) -> None:
    result = seedbed("add", "x", "--url", "nowhere", "--model", "m", "--role", "weak")
    assert result.exit_code == 1
    assert "address of a server" in result.stderr


def test_list_shows_endpoints_until_they_are_archived(seedbed: Any) -> None:
    seedbed(*ADD)
    assert "smollm2" in seedbed("list").stdout
    assert seedbed("archive", "small").exit_code == 0
    assert "smollm2" not in seedbed("list").stdout
    assert "smollm2" in seedbed("list", "--archived").stdout


def test_update_changes_limits_and_leaves_the_other_settings(
    seedbed: Any, client: TestClient
) -> None:
    number = seedbed(
        *ADD, "--no-temperature", "--max-calls-per-day", "500", "--requests-per-minute", "9"
    ).stdout.strip()
    result = seedbed(
        "update", "small", "--max-tokens", "4096", "--max-cost-per-day", "2.5",
        "--no-limit", "max_calls_per_day",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    endpoint = client.get(f"/v1/endpoints/{number}").json()
    assert (endpoint["sampling"]["max_tokens"], endpoint["sampling"]["temperature"]) == (4096, None)
    assert (endpoint["max_calls_per_day"], endpoint["max_cost_per_day"]) == (None, 2.5)
    assert endpoint["requests_per_minute"] == 9


def test_limit_that_there_is_none_of_is_refused(seedbed: Any) -> None:
    seedbed(*ADD)
    result = seedbed("update", "small", "--no-limit", "max_tokens")
    assert result.exit_code == 1
    assert "There is no limit max_tokens" in result.stderr


def test_trial_prints_the_reply(seedbed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seedbed(*ADD)
    brought = EndpointTestResult(
        ok=True, latency_ms=12, response="42", finish_reason="stop", prompt_tokens=9,
        completion_tokens=1,
    )  # fmt: skip
    monkeypatch.setattr(trial, "await_result", lambda job_id: brought)
    result = seedbed("test", "small", "--prompt", "6 * 7?")
    assert (result.exit_code, result.stdout) == (0, "42\n")
    assert "12 ms, 9 + 1 tokens" in result.stderr


def test_failed_trial_is_a_failed_command(seedbed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seedbed(*ADD)
    brought = EndpointTestResult(ok=False, error="connection: refused")
    monkeypatch.setattr(trial, "await_result", lambda job_id: brought)
    result = seedbed("test", "small")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "connection: refused" in result.stderr


def test_unknown_endpoint_is_named(seedbed: Any) -> None:
    result = seedbed("archive", "nobody")
    assert result.exit_code == 1
    assert "nobody" in result.stderr

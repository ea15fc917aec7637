"""Endpoints whose model a worker loads itself."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints import trial
from backend.errors import Unavailable
from backend.jobs.tables import Job
from backend.queue import GPU
from tests.builders import create_endpoint, create_user

LOADED = {"name": "own", "base_url": "vllm:", "model": "/models/small", "role": "weak"}


def test_model_in_the_worker_is_registered_and_asked_for_several_samples_at_once(
    client: TestClient,
) -> None:
    made = client.post("/v1/endpoints", json=LOADED).json()
    assert (made["base_url"], made["model"], made["samples_per_request"]) == (
        "vllm:", "/models/small", 8,
    )  # fmt: skip
    other = LOADED | {"name": "second", "samples_per_request": 1}
    assert client.post("/v1/endpoints", json=other).json()["samples_per_request"] == 1


@pytest.mark.parametrize("url", ["vllm", "vllm:x", "vllm://host", "VLLM:", "vllm:/"])
def test_address_that_only_looks_like_it_is_refused(client: TestClient, url: str) -> None:
    refused = client.post("/v1/endpoints", json=LOADED | {"base_url": url})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "base_url"


def test_endpoint_cannot_move_between_worker_and_server(client: TestClient) -> None:
    loaded = client.post("/v1/endpoints", json=LOADED).json()["id"]
    served = LOADED | {"name": "served", "base_url": "http://127.0.0.1:9/v1"}
    served_id = client.post("/v1/endpoints", json=served).json()["id"]
    for number, url in ((loaded, "http://127.0.0.1:9/v1"), (served_id, "vllm:")):
        refused = client.patch(f"/v1/endpoints/{number}", json={"base_url": url})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "base_url"
    assert client.patch(f"/v1/endpoints/{loaded}", json={"name": "mine"}).status_code == 200


def test_it_gives_no_embeddings(client: TestClient) -> None:
    refused = client.post("/v1/endpoints", json=LOADED | {"role": "embedding"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "base_url")


def test_its_trial_waits_for_a_worker_that_loads_models(session: Session, woken: list[int]) -> None:
    loaded = create_endpoint(session, base_url="vllm:")
    job_id = trial.start_trial(session, create_user(session), loaded.id, None)
    assert session.scalar(select(Job.queue).where(Job.id == job_id)) == GPU


def test_it_has_no_batches(client: TestClient) -> None:
    refused = client.post("/v1/endpoints", json=LOADED | {"uses_batches": True})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "uses_batches")
    loaded = client.post("/v1/endpoints", json=LOADED).json()["id"]
    refused = client.patch(f"/v1/endpoints/{loaded}", json={"uses_batches": True})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "uses_batches")


def test_served_model_can_be_asked_by_batches_and_directly_again(client: TestClient) -> None:
    served = LOADED | {"base_url": "http://127.0.0.1:9/v1"}
    number = client.post("/v1/endpoints", json=served).json()["id"]
    for wanted in (True, False):
        changed = client.patch(f"/v1/endpoints/{number}", json={"uses_batches": wanted})
        assert changed.json()["uses_batches"] is wanted


@pytest.mark.usefixtures("woken")
def test_trial_that_no_worker_takes_says_which_one_it_needs(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_SECONDS", 0.3)
    for url, hint in (("vllm:", True), ("http://127.0.0.1:9/v1", False)):
        asked = create_endpoint(session, base_url=url)
        job_id = trial.start_trial(session, create_user(session), asked.id, None)
        session.commit()
        with pytest.raises(Unavailable) as caught:
            trial.await_result(job_id)
        assert ("-Q gpu" in str(caught.value)) == hint

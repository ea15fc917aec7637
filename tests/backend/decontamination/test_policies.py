"""Policies over HTTP: versions that never change, checked settings, and seeds that become due."""

import dataclasses

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.policies import science_of
from backend.decontamination.policy_schemas import PolicySettings
from backend.jobs.tables import Job
from backend.science.contamination import DecontaminationPolicy
from tests.builders import create_endpoint, create_seed
from tests.checks import DUCKS, add_benchmark, hits, run_check
from tests.conftest import ClientFactory

POLICIES = "/v1/decontamination/policies"


def test_defaults_are_those_of_the_science() -> None:
    assert science_of(PolicySettings()) == DecontaminationPolicy()
    fields = {field.name for field in dataclasses.fields(DecontaminationPolicy)}
    own = {
        "actions", "embedding_endpoint_id", "embedding_similarity", "judge_endpoint_id",
        "send_gated_items",
    }  # fmt: skip
    assert set(PolicySettings.model_fields) == fields | own


def test_default_blocks_copies_asks_about_variants_and_only_notes_relatives(
    client: TestClient,
) -> None:
    policy = client.get("/v1/decontamination/policy").json()
    assert (policy["name"], policy["version"]) == ("default", 1)
    assert policy["settings"]["actions"] == {
        "contaminated": "block", "variant": "review", "related": "ignore",
    }  # fmt: skip


def test_versions_are_numbered_and_the_newest_is_in_force(client: TestClient) -> None:
    made = client.post(POLICIES, json={"settings": {"ngram_words": 10}})
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["version"]) == ("default", 2)
    assert made.json()["job_id"] is None  # there is nothing to check against
    other = client.post(POLICIES, json={"name": "strict", "settings": {"ngram_words": 5}})
    assert (other.json()["version"], other.json()["job_id"]) == (1, None)
    assert client.get("/v1/decontamination/policy").json()["settings"]["ngram_words"] == 10
    listed = [(row["name"], row["version"]) for row in client.get(POLICIES).json()]
    assert listed == [("strict", 1), ("default", 2), ("default", 1)]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"ngram_words": 0}, "settings.ngram_words"),
        ({"ngram_coverage": 1.5}, "settings.ngram_coverage"),
        ({"same_probability": 0}, "settings.same_probability"),
        ({"candidates": "many"}, "settings.candidates"),
        ({"no_such": 1}, "settings.no_such"),
        ({"actions": {"variant": "shout"}}, "settings.actions.variant"),
        ({"actions": {"clean": "block"}}, "settings.actions.clean"),
        ({"judge_endpoint_id": 10**9}, "settings.judge_endpoint_id"),
    ],
)
def test_wrong_settings_are_named(
    client: TestClient, settings: dict[str, object], field: str
) -> None:
    answer = client.post(POLICIES, json={"settings": settings})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert len(client.get(POLICIES).json()) == 1


def test_archived_endpoint_is_refused(session: Session, client: TestClient) -> None:
    endpoint = create_endpoint(session, "judge")
    session.commit()
    body = {"settings": {"judge_endpoint_id": endpoint.id}}
    assert client.post(POLICIES, json=body).status_code == 201
    endpoint.archived_at = func.now()
    session.commit()
    answer = client.post(POLICIES, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_endpoint")


@pytest.mark.parametrize("field", ["embedding_endpoint_id", "judge_endpoint_id"])
@pytest.mark.parametrize(
    ("role", "base_url"), [("weak", "http://127.0.0.1:9/v1"), ("judge", "vllm:")]
)
def test_endpoint_of_another_role_or_in_a_worker_is_refused(
    session: Session, client: TestClient, field: str, role: str, base_url: str
) -> None:
    endpoint = create_endpoint(session, role, base_url=base_url)
    session.commit()
    refused = client.post(POLICIES, json={"settings": {field: endpoint.id}})
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_endpoint")
    assert refused.json()["errors"][0]["field"] == f"settings.{field}"


def test_new_version_makes_every_seed_due(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    add_benchmark(session, DUCKS)
    seeds = [create_seed(session, prompt=DUCKS), create_seed(session)]
    run_check(session)
    assert count_due(session, current_version(session).id) == 0
    settings = {"actions": {"contaminated": "review"}}
    made = client.post(POLICIES, json={"settings": settings}).json()
    assert count_due(session, current_version(session).id) == len(seeds)
    assert woken[-1] == made["job_id"]
    assert (
        session.scalar(select(Job.kind).where(Job.id == made["job_id"])) == "decontamination.check"
    )
    run_check(session)
    assert [hit.action for hit in hits(session)] == ["review"]
    [shown] = client.get("/v1/hits").json()["items"]
    assert (shown["policy"], shown["policy_id"]) == ("default v2", made["id"])


def test_viewer_reads_and_does_not_write(client_as: ClientFactory) -> None:
    viewer = client_as("viewer")
    assert viewer.get(POLICIES).status_code == 200
    assert viewer.post(POLICIES, json={}).status_code == 403

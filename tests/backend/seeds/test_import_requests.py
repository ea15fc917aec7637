"""What an upload is answered with: lists of rows, repeated requests, roles and options."""

import gzip
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed, SeedRevision
from tests.backend.seeds.test_importing import LINES, counts, lines, push, refused, row, seeds
from tests.conftest import ClientFactory


@pytest.mark.parametrize(("results", "listed"), [("all", 2), ("rejected", 1), ("none", 0)])
def test_answer_lists_the_rows_asked_for(client: TestClient, results: str, listed: int) -> None:
    answer = push(client, lines(row(), row("")), results=results)
    assert len(answer["results"]) == listed
    assert counts(answer) == {"created": 1, "rejected": 1}


def test_repeated_request_has_no_second_effect(client: TestClient, session: Session) -> None:
    key = {"Idempotency-Key": "k1"}
    body = lines(row("a?", external_id="1"), row(""))
    first = push(client, body, key)
    push(client, lines(row("b?", external_id="1")))
    again = push(client, gzip.compress(body), {**key, "Content-Encoding": "gzip"})
    assert again == first | {"replayed": True}
    seed = session.get_one(Seed, first["results"][0]["id"])
    assert session.get_one(SeedRevision, seed.revision_id).prompt == "b?"


@pytest.mark.parametrize("change", [{"body": lines(row("other?"))}, {"mode": "insert"}])
def test_key_of_another_request_is_refused(
    client: TestClient, session: Session, change: dict[str, Any]
) -> None:
    key = {"Idempotency-Key": "k1"}
    push(client, lines(row("a?")), key)
    status, problem = refused(client, **({"body": lines(row("a?")), "headers": key} | change))
    assert (status, problem["code"]) == (409, "key_reused")
    assert seeds(session) == 1


def test_key_belongs_to_its_user(client_as: ClientFactory) -> None:
    key = {"Idempotency-Key": "k1"}
    push(client_as("ingester"), lines(row("a?")), key)
    assert counts(push(client_as("ingester"), lines(row("b?")), key)) == {"created": 1}


def test_replay_of_a_long_import_lists_rejected_rows_and_counts_the_rest(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.seeds.importing.STORED_RESULTS", 3)
    key = {"Idempotency-Key": "k1"}
    body = lines(*[row(f"{n}?") for n in range(4)], row(""))
    assert push(client, body, key)["results_left_out"] == 0
    again = push(client, body, key)
    assert [result["index"] for result in again["results"]] == [4]
    assert again["results_left_out"] == 4
    assert push(client, body, key, results="rejected")["results_left_out"] == 0


def test_rejected_rows_can_be_read_later_in_pages(client: TestClient) -> None:
    made = push(client, lines(row(""), row("fine?"), row(""), row("")), label="upload.jsonl")
    path = f"/v1/imports/{made['import_id']}"
    assert client.get(path).json()["label"] == "upload.jsonl"
    first = client.get(f"{path}/errors?limit=2").json()
    assert ([e["index"] for e in first["items"]], first["total"]) == ([0, 2], 3)
    rest = client.get(f"{path}/errors?limit=2&after={first['next']}").json()
    assert ([e["index"] for e in rest["items"]], rest["next"]) == ([3], None)


def test_empty_upload_is_an_import_of_nothing(client: TestClient) -> None:
    assert counts(push(client, b"")) == {}


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("ingester", 200), ("curator", 200)])
def test_seeds_are_pushed_by_ingesters(client_as: ClientFactory, role: str, status: int) -> None:
    answer = client_as(role).post("/v1/seeds:bulk", content=lines(row()), headers=LINES)
    assert answer.status_code == status


def test_unknown_option_is_refused(client: TestClient) -> None:
    status, problem = refused(client, lines(row()), on_eror="abort")
    assert (status, problem["errors"][0]["field"]) == (422, "on_eror")

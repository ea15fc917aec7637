"""Redo: the caller's last undo that stands is taken back."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.backend.review.test_bulk import bulk, undo_batch
from tests.backend.review.test_undo import decide, undo
from tests.builders import create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def redo(client: TestClient, decision_id: int | None = None, token: str | None = None) -> Any:
    body: dict[str, Any] = {"token": token or str(uuid4())}
    if decision_id is not None:
        body["decision_id"] = decision_id
    return client.post("/v1/decisions:redo", json=body)


def test_redo_goes_back_through_the_callers_undos(session: Session, curator: TestClient) -> None:
    first, second = create_seed(session), create_seed(session)
    decide(curator, first, "accept")
    decide(curator, second, "reject")
    undo(curator), undo(curator)
    answer = redo(curator).json()
    assert (answer["seed"]["id"], answer["seed"]["status"]) == (first.id, "accepted")
    assert answer["decision"]["kind"] == "accept"
    assert redo(curator).json()["seed"]["status"] == "rejected"
    assert (redo(curator).status_code, redo(curator).json()["code"]) == (404, "nothing_to_redo")
    # What was done again is undone again, the last first.
    assert undo(curator).json()["seed"]["id"] == second.id


def test_redo_leaves_other_curators_undos_alone(session: Session, client_as: ClientFactory) -> None:
    ann, bob = client_as("curator"), client_as("curator")
    decide(ann, create_seed(session), "accept")
    undone = undo(ann).json()["decision"]["id"]
    assert redo(bob).json()["code"] == "nothing_to_redo"
    assert redo(bob, undone).json()["seed"]["status"] == "accepted"


def test_repeated_redo_has_no_second_effect(session: Session, curator: TestClient) -> None:
    for _ in range(2):
        decide(curator, create_seed(session), "accept")
    undo(curator), undo(curator)
    token = str(uuid4())
    first, second = redo(curator, token=token).json(), redo(curator, token=token).json()
    assert first["decision"]["id"] == second["decision"]["id"]


def test_redo_with_an_undos_token_is_refused(session: Session, curator: TestClient) -> None:
    decide(curator, create_seed(session), "accept")
    token = str(uuid4())
    undo(curator, token=token)
    assert redo(curator, token=token).json()["code"] == "token_reused"


def test_redo_of_what_is_no_undo_is_refused(session: Session, curator: TestClient) -> None:
    accepted = decide(curator, create_seed(session), "accept")
    answer = redo(curator, accepted)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_an_undo")
    assert redo(curator, 10**12).status_code == 404


def test_redo_against_a_later_decision_names_it(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    decide(curator, seed, "accept")
    undo(curator)
    rejected = decide(curator, seed, "reject")
    answer = redo(curator)
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicted")
    assert f"decision {rejected} " in answer.json()["detail"]
    session.expire_all()
    assert session.get_one(Seed, seed.id).status == "rejected"


def test_undo_of_a_bulk_action_is_redone_as_its_batch(
    session: Session, curator: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(2)]
    undone = undo_batch(curator, bulk(curator, "reject", filter={})["batch"])
    answer = redo(curator).json()
    assert answer["code"] == "bulk"
    assert undone["batch"] in answer["detail"]
    assert undo_batch(curator, undone["batch"])["count"] == 2
    session.expire_all()
    assert {session.get_one(Seed, seed.id).status for seed in seeds} == {"rejected"}
    assert redo(curator).json()["code"] == "nothing_to_redo"


def test_viewer_may_not_redo(client_as: ClientFactory) -> None:
    assert redo(client_as("viewer")).status_code == 403

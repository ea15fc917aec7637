"""The last word on seeds on which curators do not agree."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.review_queues.tables import ReviewRound
from backend.seeds.tables import Seed
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import adjudicate, disputes, make_queue, status, vote
from tests.builders import create_hit, create_seed


@pytest.fixture
def queue(ann: TestClient) -> int:
    return make_queue(ann)


@pytest.fixture
def seed(session: Session, ann: TestClient, bob: TestClient, queue: int) -> Seed:
    """A seed on which ann and bob do not agree."""
    seed = create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "reject", reason="Too easy")
    return seed


def test_decision_is_an_ordinary_one(queue: int, seed: Seed, cem: TestClient) -> None:
    answer = adjudicate(cem, queue, seed, "reject", reason="Bob is right").json()
    decision = answer["decision"]
    assert answer["seed"]["status"] == "rejected"
    assert (decision["kind"], decision["reason"]) == ("reject", "Bob is right")
    assert (decision["user"], decision["queue_id"]) == (cem.user.name, queue)
    assert disputes(cem) == []


def test_undo_returns_the_seed_to_adjudication_and_redo_takes_it_away(
    queue: int, seed: Seed, cem: TestClient
) -> None:
    adjudicate(cem, queue, seed, "accept")
    undone = undo(cem).json()
    assert undone["seed"]["status"] == "pending"
    assert [dispute["seed"]["id"] for dispute in disputes(cem)] == [seed.id]
    assert undo(cem, undone["decision"]["id"]).json()["seed"]["status"] == "accepted"
    assert disputes(cem) == []


def test_repeated_post_has_no_second_effect(queue: int, seed: Seed, cem: TestClient) -> None:
    token = str(uuid4())
    first = adjudicate(cem, queue, seed, "accept", token=token).json()
    second = adjudicate(cem, queue, seed, "accept", token=token).json()
    assert first == second
    other = adjudicate(cem, queue, seed, "reject", token=token)
    assert (other.status_code, other.json()["code"]) == (409, "token_reused")


def test_who_gave_an_opinion_does_not_adjudicate(
    queue: int, seed: Seed, ann: TestClient, bob: TestClient
) -> None:
    for voter in (ann, bob):
        assert adjudicate(voter, queue, seed, "accept").status_code == 403
    assert status(ann, seed) == "pending"


def test_admin_adjudicates_whatever_they_said(
    session: Session, queue: int, ann: TestClient, admin: TestClient
) -> None:
    seed = create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(admin, queue, seed, "reject")
    assert adjudicate(admin, queue, seed, "reject").status_code == 200


def test_seed_that_does_not_wait_is_refused(
    session: Session, queue: int, ann: TestClient, cem: TestClient
) -> None:
    seed = create_seed(session)
    assert adjudicate(cem, queue, seed, "accept").json()["code"] == "not_waiting"
    vote(ann, queue, seed, "accept")
    assert adjudicate(cem, queue, seed, "accept").json()["code"] == "not_waiting"


def test_reworded_and_withdrawn_seeds_leave_adjudication(
    session: Session, queue: int, seed: Seed, ann: TestClient, cem: TestClient
) -> None:
    ann.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another wording?"})
    assert disputes(cem) == []
    assert adjudicate(cem, queue, seed, "accept").json()["code"] == "not_waiting"
    undo(ann)
    assert len(disputes(cem)) == 1
    session.get_one(Seed, seed.id).withdrawn_at = session.get_one(Seed, seed.id).created_at
    session.commit()
    assert disputes(cem) == []


def test_hits_stop_an_acceptance_here_too(
    session: Session, queue: int, seed: Seed, cem: TestClient
) -> None:
    create_hit(session, seed)
    session.get_one(Seed, seed.id).open_hits = 1
    session.commit()
    assert adjudicate(cem, queue, seed, "accept").json()["code"] == "open_hits"
    assert adjudicate(cem, queue, seed, "reject").status_code == 200


def test_agreement_taken_back_by_an_admin_waits_for_an_adjudicator(
    session: Session, queue: int, ann: TestClient, bob: TestClient, admin: TestClient
) -> None:
    seed = create_seed(session)
    for curator in (ann, bob):
        vote(curator, queue, seed, "accept")
    [agreed, *_] = admin.get(f"/v1/seeds/{seed.id}").json()["history"]
    assert undo(admin, agreed["id"]).json()["seed"]["status"] == "pending"
    assert [dispute["seed"]["id"] for dispute in disputes(admin)] == [seed.id]


def test_list_comes_in_pages_and_by_queue(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queues = [make_queue(ann), make_queue(ann)]
    seeds = [create_seed(session) for _ in range(3)]
    for queue in queues:
        for seed in seeds:
            vote(ann, queue, seed, "accept")
            vote(bob, queue, seed, "reject")
    first = cem.get("/v1/adjudications", params={"limit": 4}).json()
    rest = cem.get("/v1/adjudications", params={"after": first["next"]}).json()
    found = [(d["seed"]["id"], d["queue_id"]) for d in first["items"] + rest["items"]]
    assert found == [(seed.id, queue) for seed in seeds for queue in queues]
    assert (first["total"], rest["next"]) == (6, None)
    assert len(disputes(cem, queue_id=queues[1])) == 3
    assert cem.get("/v1/adjudications", params={"queue_id": 10**9}).status_code == 404
    # Decided for one queue, it waits in no other.
    adjudicate(cem, queues[0], seeds[0], "accept")
    assert len(disputes(cem)) == 4
    states = session.query(ReviewRound.state).filter_by(seed_id=seeds[0].id).all()
    assert sorted(state for (state,) in states) == ["settled", "waiting"]

"""Opinions are undone and done again, in order with all other decisions."""

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review.tables import Decision
from backend.review_queues.tables import Opinion
from tests.backend.review.test_bulk import bulk, undo_batch
from tests.backend.review.test_decisions import decision, post
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import (
    given,
    make_queue,
    opinions,
    say,
    status,
    vote,
)
from tests.builders import create_seed


def test_undo_takes_back_the_last_of_opinions_and_decisions_in_order(
    session: Session, ann: TestClient
) -> None:
    queue = make_queue(ann)
    first, plain, last = (create_seed(session) for _ in range(3))
    vote(ann, queue, first, "accept")
    post(ann, decision(plain.id, "accept"))
    vote(ann, queue, last, "reject")
    assert [undo(ann).json()["seed"]["id"] for _ in range(3)] == [last.id, plain.id, first.id]
    assert opinions(session) == []
    assert undo(ann).json()["code"] == "nothing_to_undo"
    assert set(given(ann, queue)) == {last.id, plain.id, first.id}


def test_undo_brings_back_the_earlier_opinion_and_redo_the_later(
    session: Session, ann: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept", reason="Fine")
    vote(ann, queue, seed, "reject")
    undone = undo(ann).json()["decision"]
    assert opinions(session) == [("accept", False, "Fine")]
    redone = undo(ann, undone["id"]).json()["decision"]
    assert redone["kind"] == "opinion_reject"
    assert opinions(session) == [("reject", False, None)]


def test_undo_of_the_last_opinion_takes_the_agreement_with_it(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "accept")
    answer = undo(bob).json()
    assert (answer["seed"]["status"], answer["decision"]["user"]) == ("pending", bob.user.name)
    assert len(opinions(session)) == 1
    assert given(bob, queue) == [seed.id]
    # Redone, the agreement is there again.
    assert undo(bob, answer["decision"]["id"]).json()["seed"]["status"] == "accepted"


def test_undo_of_an_earlier_opinion_is_refused_once_the_seed_is_settled(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "accept")
    answer = undo(ann)
    assert (answer.status_code, answer.json()["code"]) == (409, "settled")
    assert status(ann, seed) == "accepted"


def test_redo_is_refused_where_others_have_voted_meanwhile(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    undone = undo(ann).json()["decision"]["id"]
    vote(bob, queue, seed, "accept")
    vote(cem, queue, seed, "reject")
    answer = undo(ann, undone)
    assert (answer.status_code, answer.json()["code"]) == (409, "enough")
    assert len(opinions(session)) == 2


def test_redo_overrules_nobody_who_has_voted_meanwhile(
    session: Session, ann: TestClient, bob: TestClient, admin: TestClient
) -> None:
    queue, seed, other = make_queue(bob), create_seed(session), create_seed(session)
    post(ann, decision(seed.id, "accept"))
    undone = undo(ann).json()["decision"]["id"]
    taken_back = undo_batch(ann, bulk(ann, "reject", seed_ids=[other.id])["batch"])
    for each in (seed, other):
        vote(bob, queue, each, "reject")
    answer = undo(ann, undone)
    assert (answer.status_code, answer.json()["code"]) == (409, "several_decide")
    again = undo_batch(ann, taken_back["batch"])
    assert (again["count"], again["left_out"]) == (0, 1)
    assert (status(ann, seed), status(ann, other)) == ("pending", "pending")
    assert undo(admin, undone).json()["seed"]["status"] == "accepted"


def test_nobody_undoes_the_opinion_of_another(
    session: Session, ann: TestClient, admin: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    event = vote(ann, queue, seed, "accept")
    assert undo(admin, event).status_code == 404
    assert len(opinions(session)) == 1


def test_opinions_count_again_when_their_wording_comes_back(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    ann.patch(f"/v1/seeds/{seed.id}", json={"prompt": "What is 3 + 3?"})
    undo(ann)
    assert say(bob, queue, seed, "accept")["seed"]["status"] == "accepted"


def test_events_of_a_repeated_queue_make_the_table_of_opinions(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann, 3), create_seed(session)
    for curator, kind in ((ann, "accept"), (bob, "reject"), (ann, "needs_rewrite"), (ann, "flag")):
        vote(curator, queue, seed, kind)
    undo(ann)
    undo(bob)
    fold: dict[int, object] = {}
    for event in session.scalars(select(Decision).order_by(Decision.id)):
        assert fold.get(event.user_id) == event.before["opinion"]
        fold[event.user_id] = event.after["opinion"]
    stored = {
        row.user_id: {"kind": row.kind, "flagged": row.flagged, "reason": row.reason}
        for row in session.scalars(select(Opinion))
    }
    assert {user: opinion for user, opinion in fold.items() if opinion} == stored


def test_token_of_an_opinion_is_no_undo(session: Session, ann: TestClient) -> None:
    queue, seed, token = make_queue(ann), create_seed(session), str(uuid4())
    vote(ann, queue, seed, "accept", token=token)
    assert undo(ann, token=token).json()["code"] == "token_reused"


def test_redo_of_the_last_undo_brings_the_agreement_back(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "accept")
    undo(bob)
    again = bob.post("/v1/decisions:redo", json={"token": str(uuid4())}).json()
    assert (again["decision"]["kind"], again["seed"]["status"]) == ("opinion_accept", "accepted")
    answer = bob.post("/v1/decisions:redo", json={"token": str(uuid4())}).json()
    assert answer["code"] == "nothing_to_redo"

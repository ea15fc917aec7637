"""Queues: made once, seen by all, changed by few; a plain one keeps to its filter."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.review.tables import Decision
from tests.backend.review.test_queue import queue as plain_queue
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import given, make_queue, say, vote
from tests.builders import create_seed
from tests.conftest import ClientFactory


def body(**fields: Any) -> dict[str, Any]:
    return {"token": str(uuid4()), "name": "Algebra", **fields}


def test_queue_is_made_once_and_read_back(ann: TestClient) -> None:
    wanted = body(filter={"domain": "algebra"}, sort="score", overlap=2, instructions="Be kind.")
    first = ann.post("/v1/review-queues", json=wanted)
    second = ann.post("/v1/review-queues", json=wanted)
    assert (first.status_code, first.json()) == (201, second.json())
    [found] = ann.get("/v1/review-queues").json()
    assert found == ann.get(f"/v1/review-queues/{found['id']}").json()
    assert found["filter"]["domain"] == "algebra"
    assert (found["sort"], found["overlap"], found["instructions"]) == ("score", 2, "Be kind.")
    assert (found["open"], found["mine"], found["curators"]) == (True, True, [])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"overlap": 0}, "overlap"),
        ({"overlap": 6}, "overlap"),
        ({"name": ""}, "name"),
        ({"sort": "luck"}, "sort"),
        ({"filter": {"unknown": 1}}, "filter.unknown"),
        ({"curators": [10**9]}, "curators"),
        ({"more": 1}, "more"),
    ],
)
def test_bad_queue_is_refused_by_field(ann: TestClient, fields: Any, field: str) -> None:
    answer = ann.post("/v1/review-queues", json=body(**fields))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith(field)


def test_name_is_taken_once(ann: TestClient) -> None:
    ann.post("/v1/review-queues", json=body())
    answer = ann.post("/v1/review-queues", json=body())
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    other = make_queue(ann)
    renamed = ann.patch(f"/v1/review-queues/{other}", json={"name": "Algebra"})
    assert renamed.json()["code"] == "name_taken"


def test_curators_make_queues_and_viewers_look(client_as: ClientFactory, ann: TestClient) -> None:
    viewer, ingester = client_as("viewer"), client_as("ingester")
    queue = make_queue(ann)
    for low in (viewer, ingester):
        assert low.post("/v1/review-queues", json=body()).status_code == 403
        assert low.patch(f"/v1/review-queues/{queue}", json={"open": False}).status_code == 403
        assert low.get(f"/v1/review-queues/{queue}").json()["mine"] is False
        assert low.get("/v1/queue", params={"queue_id": queue}).status_code == 403


def test_only_its_maker_or_an_admin_changes_a_queue(
    ann: TestClient, bob: TestClient, admin: TestClient
) -> None:
    queue = make_queue(ann)
    assert bob.patch(f"/v1/review-queues/{queue}", json={"open": False}).status_code == 403
    changed = ann.patch(f"/v1/review-queues/{queue}", json={"name": "Mine", "open": False})
    assert (changed.json()["name"], changed.json()["open"]) == ("Mine", False)
    assert admin.patch(f"/v1/review-queues/{queue}", json={"open": True}).json()["open"] is True
    assert admin.patch("/v1/review-queues/999999", json={"open": True}).status_code == 404


def test_overlap_is_fixed_with_the_first_opinion(session: Session, ann: TestClient) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    assert ann.patch(f"/v1/review-queues/{queue}", json={"overlap": 3}).json()["overlap"] == 3
    vote(ann, queue, seed, "accept")
    answer = ann.patch(f"/v1/review-queues/{queue}", json={"overlap": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "begun")


def test_assigned_queue_is_for_the_assigned(
    session: Session, ann: TestClient, bob: TestClient, admin: TestClient
) -> None:
    seed = create_seed(session)
    curators = [ann.user.id, bob.user.id]
    queue = make_queue(admin, 2, curators=curators)
    assert given(ann, queue) == [seed.id]
    assert admin.get("/v1/queue", params={"queue_id": queue}).status_code == 403
    assert say(admin, queue, seed, "accept")["error"]["code"] == "forbidden"
    found = ann.get(f"/v1/review-queues/{queue}").json()
    assert [person["id"] for person in found["curators"]] == sorted(curators)
    admin.patch(f"/v1/review-queues/{queue}", json={"curators": []})
    assert given(admin, queue) == [seed.id]
    assert given(bob, queue) == []  # two look at it already


def test_fewer_assigned_than_needed_is_refused(ann: TestClient, client_as: ClientFactory) -> None:
    answer = ann.post("/v1/review-queues", json=body(overlap=2, curators=[ann.user.id]))
    assert answer.json()["code"] == "too_few"
    viewer = client_as("viewer").user.id
    answer = ann.post("/v1/review-queues", json=body(curators=[viewer]))
    assert answer.json()["code"] == "no_curator"
    people = ann.get("/v1/review/curators").json()
    assert viewer not in [person["id"] for person in people]
    assert ann.user.id in [person["id"] for person in people]


def test_queue_of_one_is_the_plain_queue_kept_to_its_filter(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    inside, outside = create_seed(session, domain="algebra"), create_seed(session, domain="logic")
    queue = make_queue(ann, 1, filter={"domain": "algebra"})
    assert given(ann, queue) == [inside.id]
    assert plain_queue(bob) == [outside.id]
    result = say(ann, queue, inside, "accept")
    assert result["seed"]["status"] == "accepted"
    event = session.get_one(Decision, result["decision_id"])
    assert (event.kind, event.queue_id) == ("accept", queue)
    assert undo(ann).json()["seed"]["status"] == "pending"
    assert given(ann, queue) == [inside.id]


def test_named_queue_and_filter_do_not_go_together(ann: TestClient) -> None:
    answer = ann.get("/v1/queue", params={"queue_id": make_queue(ann), "domain": "algebra"})
    assert answer.status_code == 422
    assert ann.get("/v1/queue", params={"queue_id": 10**9}).status_code == 404


def test_decision_in_an_unknown_queue_is_refused(session: Session, ann: TestClient) -> None:
    result = say(ann, 10**9, create_seed(session), "accept")
    assert result["error"]["code"] == "not_found"

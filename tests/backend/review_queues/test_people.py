"""Progress of a queue and of people, and the leaderboard."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from backend.review.tables import Decision
from tests.backend.review.test_bulk import bulk
from tests.backend.review.test_decisions import decision, post
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import adjudicate, make_queue, vote
from tests.builders import create_seed
from tests.conftest import ClientFactory


def progress(client: TestClient, queue: int) -> dict[str, Any]:
    found = client.get(f"/v1/review-queues/{queue}/progress").json()
    found["people"] = {each["user"]: each for each in found["people"]}
    return found


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["left"], found["decided"], found["in_adjudication"]


def days_ago(session: Session, days: int) -> None:
    session.execute(update(Decision).values(created_at=func.now() - timedelta(days=days)))
    session.commit()


def test_progress_of_a_queue_with_overlap(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue = make_queue(ann, 2, filter={"domain": "algebra"})
    seeds = [create_seed(session, domain="algebra") for _ in range(4)]
    create_seed(session)
    vote(ann, queue, seeds[0], "accept")
    vote(ann, queue, seeds[1], "accept")
    vote(bob, queue, seeds[0], "accept")
    vote(bob, queue, seeds[1], "reject")
    vote(bob, queue, seeds[2], "reject")
    undo(bob)
    found = progress(cem, queue)
    assert counts(found) == (2, 1, 1)
    ann_, bob_ = found["people"][ann.user.name], found["people"][bob.user.name]
    # What was undone does not count, nor what came of itself with bob's opinion.
    assert (ann_["today"], ann_["total"], bob_["today"], bob_["total"]) == (2, 2, 2, 2)
    assert cem.user.name not in found["people"]
    adjudicate(cem, queue, seeds[1], "accept")
    found = progress(cem, queue)
    assert counts(found) == (2, 2, 0)
    assert found["people"][cem.user.name]["total"] == 1


def test_progress_of_a_queue_of_one(session: Session, ann: TestClient) -> None:
    queue = make_queue(ann, 1)
    seeds = [create_seed(session) for _ in range(3)]
    vote(ann, queue, seeds[0], "accept")
    vote(ann, queue, seeds[1], "skip")
    post(ann, decision(seeds[2].id, "reject"))  # outside of the queue
    found = progress(ann, queue)
    assert counts(found) == (1, 1, 0)
    assert found["people"][ann.user.name]["total"] == 1


def test_opinions_are_work_of_today(session: Session, ann: TestClient, bob: TestClient) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "accept")
    for curator in (ann, bob):
        assert curator.get("/v1/review/progress").json()["mine_today"] == 1


def test_people_count_by_hand_and_by_day(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    post(ann, decision(create_seed(session).id, "accept"))
    days_ago(session, 2)
    post(ann, decision(create_seed(session).id, "accept"))
    create_seed(session)
    bulk(bob, "reject", filter={})
    [found] = ann.get("/v1/review/people").json()
    assert (found["user"], found["today"], found["total"]) == (ann.user.name, 1, 2)
    assert found["median_seconds"] is None  # two days between them are a break


def test_leaderboard_is_of_seven_days_with_agreement_beside_it(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue = make_queue(ann, 2)
    post(cem, decision(create_seed(session).id, "accept"))
    days_ago(session, 7)
    agreed, apart = create_seed(session), create_seed(session)
    vote(ann, queue, agreed, "accept")
    vote(bob, queue, agreed, "accept")
    vote(ann, queue, apart, "accept")
    days_ago_but_one(session, 6)
    vote(bob, queue, apart, "reject")
    rows = ann.get("/v1/review/leaderboard").json()["rows"]
    assert [(row["user"], row["today"], row["week"]) for row in rows] == [
        (ann.user.name, 0, 2), (bob.user.name, 1, 2),
    ]  # fmt: skip
    assert [(row["agreement"], row["compared"]) for row in rows] == [(0.5, 2), (0.5, 2)]


def days_ago_but_one(session: Session, days: int) -> None:
    """Everything of today becomes so old."""
    recent = Decision.created_at >= func.date_trunc("day", func.now(), "UTC")
    aged = func.now() - timedelta(days=days)
    session.execute(update(Decision).where(recent).values(created_at=aged))
    session.commit()


def put(client: TestClient, **fields: Any) -> Any:
    return client.put("/v1/settings/leaderboard", json=fields)


def test_admin_switches_the_leaderboard_off_for_all(
    session: Session, ann: TestClient, admin: TestClient
) -> None:
    post(ann, decision(create_seed(session).id, "accept"))
    assert put(ann, enabled=False).status_code == 403
    assert len(ann.get("/v1/review/leaderboard").json()["rows"]) == 1
    assert put(admin, enabled=False).json() == {"enabled": False, "hidden": False}
    assert put(admin, enabled=False).status_code == 200  # again, without effect
    assert ann.get("/v1/review/leaderboard").json() == {
        "enabled": False, "hidden": False, "rows": [],
    }  # fmt: skip
    assert put(admin, enabled=True).json()["enabled"] is True
    assert len(ann.get("/v1/review/leaderboard").json()["rows"]) == 1


def test_who_hides_the_leaderboard_neither_sees_it_nor_stands_in_it(
    session: Session, ann: TestClient, bob: TestClient, client_as: ClientFactory
) -> None:
    for curator in (ann, bob):
        post(curator, decision(create_seed(session).id, "accept"))
    assert put(ann, hidden=True).json() == {"enabled": True, "hidden": True}
    assert ann.get("/v1/review/leaderboard").json()["rows"] == []
    others = client_as("viewer").get("/v1/review/leaderboard").json()["rows"]
    assert [row["user"] for row in others] == [bob.user.name]
    assert put(ann, hidden=False).json() == ann.get("/v1/settings/leaderboard").json()
    assert len(ann.get("/v1/review/leaderboard").json()["rows"]) == 2
    assert put(ann).status_code == 422

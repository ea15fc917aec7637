"""Who is given which seed in a queue where several decide each."""

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from backend.review_queues.tables import OverlapLease
from tests.backend.review.test_queue import queue as plain_queue
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import given, make_queue, vote
from tests.builders import create_seed


def let_leases_run_out(session: Session) -> None:
    session.execute(update(OverlapLease).values(expires_at=func.now() - timedelta(seconds=1)))
    session.commit()


def test_seed_is_given_to_as_many_as_decide_it(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    assert given(ann, queue) == given(bob, queue) == [seed.id]
    assert given(cem, queue) == []
    let_leases_run_out(session)
    assert given(cem, queue) == [seed.id]


def test_opinions_and_screens_count_together(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    given(ann, queue)
    vote(ann, queue, seed, "accept")
    assert given(ann, queue) == []
    assert given(bob, queue) == [seed.id]
    assert given(cem, queue) == []
    bob.post("/v1/queue:release", json={"seed_ids": [seed.id], "queue_id": queue})
    assert given(cem, queue) == [seed.id]


def test_what_others_have_begun_comes_first_whatever_its_score_by_now(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue = make_queue(ann, 2, filter={"verdict": "unsettled"})
    begun = create_seed(session, verdict="unsettled", attention=0.1)
    better = create_seed(session, verdict="unsettled", attention=0.9)
    vote(ann, queue, begun, "accept")
    begun.verdict = "easy"
    session.commit()
    assert given(bob, queue) == [begun.id, better.id]


def test_order_is_the_queues(session: Session, ann: TestClient, bob: TestClient) -> None:
    first = create_seed(session, score=0.2, attention=0.9)
    second = create_seed(session, score=0.8, attention=0.1)
    assert given(ann, make_queue(ann, 2, sort="score")) == [second.id, first.id]
    assert given(ann, make_queue(ann, 2, sort="attention")) == [first.id, second.id]
    assert given(bob, make_queue(ann, 1, sort="score")) == []  # ann looks at them
    ann.post("/v1/queue:release", json={"seed_ids": [first.id, second.id]})
    assert given(bob, make_queue(ann, 1, sort="score")) == [second.id, first.id]


def test_skipped_seeds_come_last(session: Session, ann: TestClient) -> None:
    queue = make_queue(ann, 2)
    best, rest = create_seed(session, attention=0.9), create_seed(session, attention=0.1)
    vote(ann, queue, best, "skip")
    assert given(ann, queue) == [rest.id, best.id]


def test_undone_opinion_gives_the_seed_back(session: Session, ann: TestClient) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    vote(ann, queue, seed, "accept")
    undo(ann)
    assert given(ann, queue) == [seed.id]


def test_heartbeat_renews_and_names_what_needs_the_caller_no_more(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, mine, taken = make_queue(ann, 2), create_seed(session), create_seed(session)
    given(ann, queue)
    let_leases_run_out(session)
    for other in (bob, cem):
        given(other, queue)
        vote(other, queue, taken, "accept")
        other.post("/v1/queue:release", json={"seed_ids": [mine.id]})
    body = {"seed_ids": [mine.id, taken.id], "queue_id": queue}
    answer = ann.post("/v1/queue:heartbeat", json=body).json()
    assert (answer["held"], answer["lost"]) == ([mine.id], [taken.id])
    assert given(bob, queue) == [mine.id]
    assert given(cem, queue) == []


def test_plain_queue_passes_over_what_several_are_deciding(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue = make_queue(ann, 2)
    begun, held, free = (create_seed(session) for _ in range(3))
    vote(ann, queue, begun, "accept")
    given(ann, queue, limit=1)
    assert plain_queue(bob) == [seed.id for seed in (held, free) if seed.id != held_by(session)]
    # And the other way: what bob looks at is not given to ann.
    assert given(ann, queue) == [held_by(session)]


def held_by(session: Session) -> int:
    return session.query(OverlapLease.seed_id).scalar()


def test_closed_queue_gives_nothing_and_sets_its_seeds_free(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann, 2), create_seed(session)
    vote(ann, queue, seed, "accept")
    ann.patch(f"/v1/review-queues/{queue}", json={"open": False})
    answer = bob.get("/v1/queue", params={"queue_id": queue})
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert plain_queue(bob) == [seed.id]


def test_left_counts_what_needs_the_caller(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, first, _ = make_queue(ann, 2), create_seed(session), create_seed(session)
    vote(ann, queue, first, "accept")

    def left(client: TestClient) -> int:
        return client.get("/v1/queue", params={"queue_id": queue}).json()["left"]

    assert (left(ann), left(bob)) == (1, 2)
    vote(bob, queue, first, "reject")
    assert (left(ann), left(bob)) == (1, 1)

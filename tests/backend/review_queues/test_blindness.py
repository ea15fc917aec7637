"""While a seed is unsettled, nobody but its author finds an opinion anywhere in the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import adjudicate, disputes, make_queue, say, vote
from tests.builders import create_seed
from tests.conftest import ClientFactory

SECRET = "only the author may read this"


@pytest.fixture
def seed(session: Session) -> Seed:
    return create_seed(session, domain="algebra")


@pytest.fixture
def queue(ann: TestClient, seed: Seed) -> int:
    """Ann rejects the seed with a reason; one more opinion is needed."""
    queue = make_queue(ann)
    vote(ann, queue, seed, "flag")
    vote(ann, queue, seed, "reject", reason=SECRET)
    return queue


def everything(client: TestClient, seed: Seed, queue: int) -> Iterator[tuple[str, Any]]:
    """All that may tell of decisions on a seed."""
    for path, query in (
        (f"/v1/seeds/{seed.id}", {}),
        ("/v1/seeds", {}),
        ("/v1/seeds", {"status": "rejected"}),
        ("/v1/seeds", {"flagged": True}),
        ("/v1/seeds/facets", {}),
        ("/v1/decisions", {}),
        ("/v1/decisions", {"seed_id": seed.id}),
        ("/v1/decisions", {"user_id": 1}),
        ("/v1/decisions", {"kind": "opinion_reject"}),
        ("/v1/history", {}),
        ("/v1/history", {"only": "single"}),
        ("/v1/history/people", {}),
        ("/v1/batches", {}),
        ("/v1/queue", {"queue_id": queue}),
        ("/v1/review-queues", {}),
        (f"/v1/review-queues/{queue}", {}),
        (f"/v1/review-queues/{queue}/progress", {}),
        ("/v1/review-agreement", {}),
        ("/v1/review-agreement", {"queue_id": queue}),
        ("/v1/adjudications", {}),
        ("/v1/review/people", {}),
        ("/v1/review/leaderboard", {}),
        ("/v1/review/progress", {}),
        ("/v1/overview", {}),
    ):
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        yield path, answer


def kinds(client: TestClient, seed: Seed) -> list[str]:
    return [event["kind"] for event in client.get(f"/v1/seeds/{seed.id}").json()["history"]]


def test_no_answer_holds_the_opinion_of_another(
    seed: Seed, queue: int, bob: TestClient, admin: TestClient
) -> None:
    for reader in (bob, admin):
        for path, answer in everything(reader, seed, queue):
            assert SECRET not in answer.text, path
            assert "opinion_" not in answer.text, path
            assert '"flagged":true' not in answer.text, path
        facets = reader.get("/v1/seeds/facets").json()
        assert facets["status"] == {"pending": 1}
        assert reader.get(f"/v1/seeds/{seed.id}").json()["flagged"] is False
        assert reader.get("/v1/history/people").json() == []


def test_posts_tell_nothing_either(seed: Seed, queue: int, bob: TestClient) -> None:
    result = say(bob, queue, seed, "flag")
    assert (result["seed"]["status"], result["error"]) == ("pending", None)
    answer = undo(bob)
    assert SECRET not in answer.text
    bulk = {"token": "7d8f0c4e-54d1-4a70-9e0e-0a4f0d6d6f10", "kind": "flag", "reason": "x",
            "filter": {"status": "rejected"}, "dry_run": True}  # fmt: skip
    assert bob.post("/v1/decisions:bulk", json=bulk).json()["count"] == 0


def test_author_sees_the_own_opinion(seed: Seed, queue: int, ann: TestClient) -> None:
    assert kinds(ann, seed) == ["opinion_reject", "opinion_flag"]
    assert SECRET in ann.get("/v1/decisions", params={"seed_id": seed.id}).text


def test_what_was_taken_back_stays_closed(
    seed: Seed, queue: int, ann: TestClient, bob: TestClient
) -> None:
    undo(ann)
    assert kinds(ann, seed) == ["undo", "opinion_reject", "opinion_flag"]
    assert kinds(bob, seed) == []


def test_all_is_open_once_the_curators_agree(
    seed: Seed, queue: int, ann: TestClient, bob: TestClient, client_as: ClientFactory
) -> None:
    vote(bob, queue, seed, "reject")
    viewer = client_as("viewer")
    assert kinds(viewer, seed) == ["reject", "opinion_reject", "opinion_reject", "opinion_flag"]
    assert SECRET in viewer.get("/v1/decisions").text


def test_disputed_opinions_are_seen_by_an_adjudicator_alone(
    seed: Seed, queue: int, ann: TestClient, bob: TestClient, cem: TestClient, admin: TestClient
) -> None:
    vote(bob, queue, seed, "accept")
    for voter in (ann, bob):
        assert disputes(voter) == []
        assert len([kind for kind in kinds(voter, seed) if kind != "opinion_flag"]) == 1
    assert kinds(cem, seed) == []
    for reader in (cem, admin):
        [found] = disputes(reader)
        assert [opinion["reason"] for opinion in found["opinions"]] == [SECRET, None]


def test_viewer_does_not_adjudicate_or_read_along(
    seed: Seed, queue: int, bob: TestClient, client_as: ClientFactory
) -> None:
    vote(bob, queue, seed, "accept")
    viewer = client_as("viewer")
    assert viewer.get("/v1/adjudications").status_code == 403
    assert adjudicate(viewer, queue, seed, "accept").status_code == 403


def test_adjudicated_opinions_are_open_until_that_is_taken_back(
    seed: Seed, queue: int, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    vote(bob, queue, seed, "accept")
    assert adjudicate(cem, queue, seed, "reject").status_code == 200
    assert kinds(bob, seed) == ["reject", "opinion_accept", "opinion_reject", "opinion_flag"]
    undo(cem)
    assert kinds(bob, seed) == ["undo", "reject", "opinion_accept"]


def test_opinions_on_an_earlier_wording_open_with_the_next_decision(
    seed: Seed, queue: int, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    bob.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another wording?"})
    assert kinds(bob, seed) == ["edit"]
    vote(bob, queue, seed, "accept")
    assert kinds(cem, seed) == ["edit"]
    vote(cem, queue, seed, "accept")
    assert kinds(cem, seed) == [
        "accept", "opinion_accept", "opinion_accept", "edit", "opinion_reject", "opinion_flag",
    ]  # fmt: skip

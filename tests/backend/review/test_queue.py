"""The queue over HTTP: order, leases, and what a skip does."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from backend.review.tables import Lease
from tests.backend.review.test_undo import decide, undo
from tests.builders import create_seed
from tests.conftest import ClientFactory


def queue(client: TestClient, **query: Any) -> list[int]:
    answer = client.get("/v1/queue", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def let_leases_run_out(session: Session) -> None:
    session.execute(update(Lease).values(expires_at=func.now() - timedelta(seconds=1)))
    session.commit()


def test_queue_gives_pending_seeds_most_worth_attention_first(
    session: Session, client: TestClient
) -> None:
    unscored = create_seed(session)
    low, high = create_seed(session, attention=0.1), create_seed(session, attention=0.9)
    create_seed(session, attention=1.0, status="accepted")
    answer = client.get("/v1/queue").json()
    assert [item["id"] for item in answer["items"]] == [high.id, low.id, unscored.id]
    assert (answer["left"], answer["lease_seconds"]) == (3, 300)
    assert answer["items"][0]["evidence"]["hits"] == []


def test_queue_keeps_to_the_filter(session: Session, client: TestClient) -> None:
    create_seed(session, domain="algebra")
    chosen = create_seed(session, domain="geometry", status="rejected")
    create_seed(session, domain="geometry")
    assert queue(client, domain="geometry", status="rejected") == [chosen.id]
    assert client.get("/v1/queue", params={"unknown": 1}).status_code == 422


def test_queue_never_gives_what_another_holds(session: Session, client_as: ClientFactory) -> None:
    seeds = {create_seed(session).id for _ in range(5)}
    ann, bob = client_as("curator"), client_as("admin")
    first, second = queue(ann, limit=3), queue(bob)
    assert (len(first), len(second)) == (3, 2)
    assert {*first, *second} == seeds


def test_queue_gives_the_caller_again_what_they_hold(session: Session, client: TestClient) -> None:
    for _ in range(4):
        create_seed(session)
    first = queue(client, limit=2)
    assert queue(client, limit=3)[:2] == first


def test_expired_lease_returns_the_seed(session: Session, client_as: ClientFactory) -> None:
    seed = create_seed(session)
    ann, bob = client_as("curator"), client_as("admin")
    assert queue(ann) == [seed.id]
    assert queue(bob) == []
    let_leases_run_out(session)
    assert queue(bob) == [seed.id]
    assert queue(ann) == []


def test_heartbeat_keeps_a_lease_and_takes_a_free_one_again(
    session: Session, client_as: ClientFactory
) -> None:
    seed = create_seed(session)
    ann, bob = client_as("curator"), client_as("admin")
    queue(ann)
    let_leases_run_out(session)
    answer = ann.post("/v1/queue:heartbeat", json={"seed_ids": [seed.id, seed.id]}).json()
    assert (answer["held"], answer["lost"], answer["holders"]) == ([seed.id], [], {})
    assert queue(bob) == []


def test_heartbeat_names_what_was_lost(session: Session, client_as: ClientFactory) -> None:
    seed = create_seed(session)
    ann, bob = client_as("curator"), client_as("admin")
    queue(bob)
    answer = ann.post("/v1/queue:heartbeat", json={"seed_ids": [seed.id, 10**12]}).json()
    assert (answer["held"], answer["lost"]) == ([], [seed.id, 10**12])
    assert answer["holders"] == {str(seed.id): bob.user.name}  # type: ignore[attr-defined]


def test_released_seed_goes_to_the_next(session: Session, client_as: ClientFactory) -> None:
    seed = create_seed(session)
    ann, bob = client_as("curator"), client_as("admin")
    queue(ann)
    # Another's release of it has no effect.
    assert bob.post("/v1/queue:release", json={"seed_ids": [seed.id]}).status_code == 204
    assert queue(bob) == []
    assert ann.post("/v1/queue:release", json={"seed_ids": [seed.id]}).status_code == 204
    assert queue(bob) == [seed.id]


def test_late_release_keeps_what_was_leased_again_since(
    session: Session, client_as: ClientFactory
) -> None:
    seed = create_seed(session)
    ann, bob = client_as("curator"), client_as("admin")
    until = ann.get("/v1/queue").json()["leased_until"]
    session.execute(update(Lease).values(expires_at=Lease.expires_at + timedelta(seconds=1)))
    late = {"seed_ids": [seed.id], "leased_until": until}
    assert ann.post("/v1/queue:release", json=late).status_code == 204
    assert queue(bob) == []
    until = ann.get("/v1/queue").json()["leased_until"]
    assert ann.post("/v1/queue:release", json=late | {"leased_until": until}).status_code == 204
    assert queue(bob) == [seed.id]


def test_detail_says_who_is_reviewing(session: Session, client_as: ClientFactory) -> None:
    seed = create_seed(session)
    ann, viewer = client_as("curator"), client_as("viewer")
    path = f"/v1/seeds/{seed.id}"
    assert viewer.get(path).json()["reviewed_by"] is None
    [held] = ann.get("/v1/queue").json()["items"]
    assert held["reviewed_by"] == ann.user.name  # type: ignore[attr-defined]
    assert viewer.get(path).json()["reviewed_by"] == ann.user.name  # type: ignore[attr-defined]
    let_leases_run_out(session)
    assert viewer.get(path).json()["reviewed_by"] is None


def test_skipped_seeds_come_last_for_who_skipped_them(
    session: Session, client_as: ClientFactory
) -> None:
    ann, bob = client_as("curator"), client_as("admin")
    best = create_seed(session, attention=0.9)
    second = create_seed(session, attention=0.5)
    rest = create_seed(session, attention=0.1)
    decide(ann, best, "skip")
    decide(ann, second, "skip")
    assert queue(ann) == [rest.id, best.id, second.id]
    let_leases_run_out(session)
    assert queue(bob) == [best.id, second.id, rest.id]


def test_undone_skip_is_none(session: Session, client: TestClient) -> None:
    best, rest = create_seed(session, attention=0.9), create_seed(session, attention=0.1)
    decide(client, best, "skip")
    undo(client)
    assert queue(client) == [best.id, rest.id]


def test_queue_needs_a_curator(client_as: ClientFactory) -> None:
    assert client_as("viewer").get("/v1/queue").status_code == 403


def test_queue_takes_the_orders_of_lists(session: Session, client: TestClient) -> None:
    wide = create_seed(session, interval_width=0.9, margin=0.5)
    close = create_seed(session, interval_width=0.1, margin=0.1)
    unknown = create_seed(session)
    assert queue(client, sort="interval") == [wide.id, close.id, unknown.id]
    assert queue(client, sort="margin") == [close.id, wide.id, unknown.id]
    assert queue(client, sort="newest") == [unknown.id, close.id, wide.id]
    assert client.get("/v1/queue", params={"sort": "best"}).status_code == 422

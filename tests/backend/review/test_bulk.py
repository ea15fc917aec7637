"""One decision for many seeds, and its undo as one."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review.tables import Decision
from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post
from tests.backend.review.test_undo import decide, undo
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def bulk(client: TestClient, kind: str, **fields: Any) -> dict[str, Any]:
    body = {"token": str(uuid4()), "kind": kind, "reason": "too easy", **fields}
    answer = client.post("/v1/decisions:bulk", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def undo_batch(client: TestClient, batch: str, token: str | None = None) -> dict[str, Any]:
    body = {"token": token or str(uuid4()), "batch": batch}
    answer = client.post("/v1/decisions:undo-batch", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def statuses(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Seed.status).order_by(Seed.id)))


def test_bulk_decides_all_seeds_of_a_filter(session: Session, curator: TestClient) -> None:
    chosen = [create_seed(session, domain="algebra") for _ in range(3)]
    create_seed(session, domain="geometry")
    result = bulk(curator, "reject", filter={"domain": "algebra"})
    assert (result["count"], result["left_out"]) == (3, 0)
    assert statuses(session) == ["rejected", "rejected", "rejected", "pending"]
    events = session.scalars(select(Decision).order_by(Decision.seed_id)).all()
    assert [event.seed_id for event in events] == [seed.id for seed in chosen]
    for event, seed in zip(events, chosen, strict=True):
        assert (event.kind, event.reason, str(event.batch)) == (
            "reject", "too easy", result["batch"],
        )  # fmt: skip
        assert (event.before, event.after) == ({"status": "pending"}, {"status": "rejected"})
        assert event.revision_id == seed.revision_id


def test_bulk_decides_the_seeds_of_a_time(session: Session, curator: TestClient) -> None:
    create_seed(session)
    since = {"created_after": "2001-02-03T04:05:06Z", "created_before": "9999-01-01T00:00:00Z"}
    result = bulk(curator, "reject", filter=since)
    assert result["count"] == 1
    batch = curator.get(f"/v1/batches/{result['batch']}").json()
    assert batch["filter"] == since
    assert undo_batch(curator, result["batch"])["count"] == 1


def test_bulk_decides_the_seeds_named(session: Session, curator: TestClient) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    result = bulk(curator, "flag", seed_ids=[seeds[0].id, seeds[2].id, 10**12])
    assert result["count"] == 2
    session.expire_all()
    assert [session.get_one(Seed, seed.id).flagged for seed in seeds] == [True, False, True]


def test_dry_run_counts_and_changes_nothing(session: Session, curator: TestClient) -> None:
    create_seed(session), create_seed(session, status="rejected")
    result = bulk(curator, "reject", filter={}, dry_run=True)
    assert result["count"] == 1  # the other stands so already
    assert statuses(session) == ["pending", "rejected"]
    assert session.scalars(select(Decision)).all() == []


def test_bulk_leaves_withdrawn_seeds_alone(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    seed.withdrawn_at = seed.created_at
    session.commit()
    assert bulk(curator, "reject", seed_ids=[seed.id])["count"] == 0


def test_bulk_accept_leaves_contaminated_seeds_out(session: Session, curator: TestClient) -> None:
    create_seed(session, open_hits=1)
    create_hit(session, create_seed(session), state="confirmed")
    create_hit(session, create_seed(session), state="dismissed")
    assert bulk(curator, "accept", filter={}, dry_run=True)["count"] == 1
    result = bulk(curator, "accept", filter={})
    assert (result["count"], result["left_out"]) == (1, 2)
    assert statuses(session) == ["pending", "pending", "accepted"]


def test_repeated_bulk_has_no_second_effect(session: Session, curator: TestClient) -> None:
    create_seed(session)
    token = str(uuid4())
    first = bulk(curator, "reject", filter={}, token=token)
    create_seed(session)
    session.commit()
    assert bulk(curator, "reject", filter={}, token=token) == first
    assert statuses(session) == ["rejected", "pending"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": None},
        {"kind": "skip"},
        {"seed_ids": [1]},
        {"filter": None},
        {"filter": {"unknown": 1}},
    ],
)
def test_bulk_without_reason_or_clear_seeds_is_refused(
    curator: TestClient, wrong: dict[str, Any]
) -> None:
    body = {"token": str(uuid4()), "kind": "reject", "reason": "x", "filter": {}} | wrong
    assert curator.post("/v1/decisions:bulk", json=body).status_code == 422


def test_batch_is_undone_as_one(session: Session, curator: TestClient) -> None:
    before = ["pending", "accepted", "needs_rewrite"]
    for status in before:
        create_seed(session, status=status)
    batch = bulk(curator, "reject", filter={})["batch"]
    undone = undo_batch(curator, batch)
    assert undone["count"] == 3
    assert statuses(session) == before
    assert undo_batch(curator, batch)["count"] == 0


def test_undo_of_a_batchs_undo_does_it_again(session: Session, curator: TestClient) -> None:
    create_seed(session), create_seed(session)
    batch = bulk(curator, "flag", filter={})["batch"]
    again = undo_batch(curator, undo_batch(curator, batch)["batch"])
    assert again["count"] == 2
    session.expire_all()
    assert set(session.scalars(select(Seed.flagged))) == {True}
    last = session.scalars(select(Decision.kind).order_by(Decision.id.desc()).limit(2)).all()
    assert last == ["flag", "flag"]


def test_seeds_decided_again_keep_the_later_word(session: Session, curator: TestClient) -> None:
    kept, flagged, back = (create_seed(session) for _ in range(3))
    batch = bulk(curator, "reject", filter={})["batch"]
    decide(curator, kept, "accept")
    decide(curator, flagged, "flag")
    decide(curator, back, "accept")
    undo(curator)
    result = undo_batch(curator, batch)
    assert (result["count"], result["left_out"]) == (2, 1)
    assert statuses(session) == ["accepted", "pending", "pending"]


def test_repeated_batch_undo_has_no_second_effect(session: Session, curator: TestClient) -> None:
    create_seed(session)
    batch = bulk(curator, "reject", filter={})["batch"]
    token = str(uuid4())
    first = undo_batch(curator, batch, token)
    assert undo_batch(curator, batch, token) == first


def test_batch_of_acceptances_is_not_done_again_over_new_hits(
    session: Session, curator: TestClient
) -> None:
    create_seed(session)
    found = create_seed(session)
    undone = undo_batch(curator, bulk(curator, "accept", filter={})["batch"])
    session.get_one(Seed, found.id).open_hits = 1
    session.commit()
    result = undo_batch(curator, undone["batch"])
    assert (result["count"], result["left_out"]) == (1, 1)
    assert statuses(session) == ["accepted", "pending"]


def test_unknown_batch_is_not_found(curator: TestClient) -> None:
    body = {"token": str(uuid4()), "batch": str(uuid4())}
    assert curator.post("/v1/decisions:undo-batch", json=body).status_code == 404


def test_last_decision_of_a_bulk_action_is_undone_as_its_batch(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    post(curator, decision(seed.id, "flag"))
    batch = bulk(curator, "reject", filter={})["batch"]
    answer = undo(curator).json()
    assert answer["code"] == "bulk"
    assert batch in answer["detail"]
    undo_batch(curator, batch)
    assert undo(curator).json()["seed"]["flagged"] is False


def test_one_event_of_a_batch_can_be_undone_by_its_number(
    session: Session, curator: TestClient
) -> None:
    create_seed(session), create_seed(session)
    batch = bulk(curator, "reject", filter={})["batch"]
    first = session.scalars(select(Decision.id).order_by(Decision.id)).first()
    assert undo(curator, first).json()["seed"]["status"] == "pending"
    assert undo_batch(curator, batch)["count"] == 1
    assert statuses(session) == ["pending", "pending"]

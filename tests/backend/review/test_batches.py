"""Bulk actions as rows, and the history in which they are folded."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review import bulk as bulk_actions
from backend.review.tables import Decision
from tests.backend.review.test_bulk import bulk, undo_batch
from tests.backend.review.test_undo import decide, undo
from tests.builders import create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def listed(client: TestClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a list, one by one."""
    items: list[dict[str, Any]] = []
    after = None
    while True:
        given = {**query, "limit": 2} | ({"after": after} if after else {})
        answer = client.get(path, params=given)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        after = answer.json()["next"]
        if after is None:
            return items


def test_batches_are_listed_newest_first(session: Session, curator: TestClient) -> None:
    seeds = [create_seed(session, domain="algebra") for _ in range(3)]
    rejected = bulk(curator, "reject", filter={"domain": "algebra"})["batch"]
    flagged = bulk(curator, "flag", seed_ids=[seeds[0].id])["batch"]
    bulk(curator, "flag", seed_ids=[seeds[0].id])  # changes nothing
    undone = undo_batch(curator, rejected)["batch"]
    items = listed(curator, "/v1/batches")
    assert [item["batch"] for item in items] == [undone, flagged, rejected]
    assert [item["kind"] for item in items] == ["undo", "flag", "reject"]
    assert [item["count"] for item in items] == [3, 1, 3]
    assert [item["undone_count"] for item in items] == [0, 0, 3]
    assert [item["undone_by"] for item in items] == [None, None, undone]
    assert [item["undoes"] for item in items] == [rejected, None, None]
    assert [item["filter"] for item in items] == [None, None, {"domain": "algebra"}]
    assert items[2]["reason"] == "too easy"
    assert curator.get(f"/v1/batches/{rejected}").json() == items[2]
    assert curator.get(f"/v1/batches/{uuid4()}").status_code == 404


def test_single_undo_of_a_batchs_event_is_counted(session: Session, curator: TestClient) -> None:
    create_seed(session), create_seed(session)
    batch = bulk(curator, "reject", filter={})["batch"]
    undo(curator, session.scalars(select(Decision.id)).first())
    [item] = listed(curator, "/v1/batches")
    assert (item["batch"], item["count"], item["undone_count"]) == (batch, 2, 1)


def test_token_of_another_bulk_action_is_refused(session: Session, curator: TestClient) -> None:
    create_seed(session)
    token = bulk(curator, "reject", filter={})["batch"]
    body = {"token": token, "kind": "accept", "reason": "good", "filter": {}}
    answer = curator.post("/v1/decisions:bulk", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "token_reused")


def test_large_bulk_action_is_accepted_as_a_job(
    session: Session, curator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 1)
    create_seed(session), create_seed(session)
    body = {"token": str(uuid4()), "kind": "reject", "reason": "too easy", "filter": {}}
    answer = curator.post("/v1/decisions:bulk", json=body)
    assert answer.status_code == 202
    assert answer.json()["count"] == 2
    [item] = listed(curator, "/v1/batches")
    assert item["job"]["id"] == answer.json()["job_id"]
    assert (item["job"]["state"], item["count"]) == ("queued", 0)


def test_history_folds_bulk_actions_and_loses_nothing(
    session: Session, curator: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(4)]
    for seed in seeds:
        decide(curator, seed, "flag")
    bulk(curator, "reject", filter={})
    undo(curator, session.scalars(select(Decision.id).where(Decision.kind == "reject")).first())
    bulk(curator, "unflag", filter={})
    # One transaction has one time: all that follows holds for any order among them.
    items = listed(curator, "/v1/history")
    singles = [item["decision"]["id"] for item in items if item["decision"]]
    kinds = [item["batch"]["kind"] for item in items if item["batch"]]
    assert singles == sorted(singles, reverse=True)
    assert (len(singles), kinds) == (5, ["unflag", "reject"])
    assert len(listed(curator, "/v1/history", only="single")) == 5
    assert len(listed(curator, "/v1/history", only="bulk")) == 2
    assert len(listed(curator, "/v1/history", kind="reject")) == 1
    assert len(listed(curator, "/v1/history", since="2999-01-01T00:00:00Z")) == 0


def test_history_and_decisions_of_one_user_by_name(
    session: Session, client_as: ClientFactory
) -> None:
    ann, bob = client_as("curator"), client_as("curator")
    decide(ann, create_seed(session), "flag")
    bulk(bob, "reject", filter={})
    name = ann.user.name  # type: ignore[attr-defined]
    [entry] = listed(bob, "/v1/history", user=name)
    assert entry["decision"]["user"] == name
    assert [item["kind"] for item in listed(bob, "/v1/decisions", user=name)] == ["flag"]
    assert listed(bob, "/v1/decisions", user="nobody") == []


def test_decisions_by_kind_batch_and_time(session: Session, curator: TestClient) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    decide(curator, seeds[0], "flag")
    batch = bulk(curator, "reject", filter={})["batch"]
    assert len(listed(curator, "/v1/decisions")) == 4
    assert len(listed(curator, "/v1/decisions", kind="reject")) == 3
    assert len(listed(curator, "/v1/decisions", batch=batch)) == 3
    assert len(listed(curator, "/v1/decisions", singles_only=True)) == 1
    assert len(listed(curator, "/v1/decisions", since="2999-01-01T00:00:00Z")) == 0
    assert len(listed(curator, "/v1/decisions", since="2020-01-01T00:00:00Z")) == 4
    for wrong in ({"kind": "nonsense"}, {"since": "2020-01-01"}, {"unknown": 1}, {"after": "x"}):
        assert curator.get("/v1/decisions", params=wrong).status_code == 422

"""Decisions over HTTP: each row's own result, effects on the seed, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.decontamination.tables import DecontaminationHit
from backend.review.tables import Decision, Lease
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def decision(seed_id: Any, kind: str, **fields: Any) -> dict[str, Any]:
    return {"token": str(uuid4()), "seed_id": seed_id, "kind": kind, **fields}


def post(client: TestClient, *rows: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/decisions", json={"decisions": list(rows)})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


@pytest.mark.parametrize(
    ("kind", "field", "before", "after"),
    [
        ("accept", "status", "pending", "accepted"),
        ("reject", "status", "pending", "rejected"),
        ("needs_rewrite", "status", "pending", "needs_rewrite"),
        ("flag", "flagged", False, True),
        ("unflag", "flagged", False, False),
    ],
)
def test_decision_changes_the_seed_and_records_before_and_after(
    session: Session, curator: TestClient, kind: str, field: str, before: Any, after: Any
) -> None:
    seed = create_seed(session)
    [result] = post(curator, decision(seed.id, kind, reason="seen"))
    assert result["status"] == "stored"
    assert result["seed"][field] == after
    event = session.get_one(Decision, result["decision_id"])
    assert (event.kind, event.reason, event.revision_id) == (kind, "seen", seed.revision_id)
    assert (event.before, event.after) == ({field: before}, {field: after})
    assert event.user_id == curator.user.id  # type: ignore[attr-defined]


def test_decisions_on_one_seed_are_taken_in_the_order_sent(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    results = post(
        curator, *(decision(seed.id, kind) for kind in ("accept", "flag", "reject", "accept"))
    )
    events = [session.get_one(Decision, result["decision_id"]) for result in results]
    assert [event.kind for event in events] == ["accept", "flag", "reject", "accept"]
    assert [event.id for event in events] == sorted(event.id for event in events)
    assert events[2].before == {"status": "accepted"}
    # Every result shows the seed as it stands after the whole request.
    assert {result["seed"]["status"] for result in results} == {"accepted"}


def test_repeated_post_has_no_second_effect(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    row = decision(seed.id, "accept")
    [first] = post(curator, row)
    post(curator, decision(seed.id, "reject"))
    [second] = post(curator, row)
    assert (second["status"], second["decision_id"]) == ("repeated", first["decision_id"])
    assert second["seed"]["status"] == "rejected"


def test_token_twice_in_one_post_counts_once(session: Session, curator: TestClient) -> None:
    row = decision(create_seed(session).id, "accept")
    results = post(curator, row, row)
    assert [result["status"] for result in results] == ["stored", "repeated"]
    assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_token_of_another_decision_is_refused(session: Session, curator: TestClient) -> None:
    row = decision(create_seed(session).id, "accept")
    post(curator, row)
    [result] = post(curator, row | {"kind": "reject"})
    assert result["error"]["code"] == "token_reused"
    assert result["seed"]["status"] == "accepted"


def test_wrong_rows_are_reported_and_spoil_no_others(session: Session, curator: TestClient) -> None:
    good, withdrawn = create_seed(session), create_seed(session, withdrawn_at=func.now())
    results = post(
        curator,
        decision(good.id, "flag"),
        decision(10**12, "accept"),
        decision(2**70, "accept"),
        decision(withdrawn.id, "accept"),
        decision(good.id, "destroy"),
        decision(good.id, "reject", reason="a\0b"),
        decision(good.id, "reject", surprise=1),
        decision(good.id, "confirm_hit"),
        decision(good.id, "accept", hit_id=1),
        decision(good.id, "dismiss_hit", hit_id=10**12),
        {"token": "no uuid", "seed_id": good.id, "kind": "accept"},
        "accept",
        None,
        decision(good.id, "accept"),
    )
    wrong = results[1:-1]
    assert {result["status"] for result in wrong} == {"rejected"}
    assert [result["error"]["field"] for result in wrong[:10]] == [
        "seed_id", "seed_id", "seed_id", "kind", "reason", "surprise", "hit_id", "hit_id",
        "hit_id", "token",
    ]  # fmt: skip
    assert [results[0]["status"], results[-1]["status"]] == ["stored", "stored"]
    seed = session.get_one(Seed, good.id, populate_existing=True)
    assert (seed.status, seed.flagged) == ("accepted", True)


def test_lone_surrogate_in_a_reason_is_rejected(session: Session, curator: TestClient) -> None:
    row = decision(create_seed(session).id, "reject")
    body = f'{{"decisions": [{{"token": "{row["token"]}", "seed_id": {row["seed_id"]}, '
    body += '"kind": "reject", "reason": "\\ud800"}]}'
    json = {"content-type": "application/json"}
    answer = curator.post("/v1/decisions", content=body, headers=json)
    assert answer.status_code == 200
    assert answer.json()["results"][0]["error"]["field"] == "reason"


@pytest.mark.parametrize("count", [0, 501])
def test_number_of_decisions_is_bounded(curator: TestClient, count: int) -> None:
    rows = [decision(1, "accept")] * count
    assert curator.post("/v1/decisions", json={"decisions": rows}).status_code == 422


def test_decision_on_an_older_wording_is_stale(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    seen = seed.revision_id
    add_revision(session, seed, "A better question?", None, "edit", None)
    [result] = post(curator, decision(seed.id, "accept", revision_id=seen))
    assert result["error"]["code"] == "stale_revision"
    assert result["seed"]["status"] == "pending"
    [result] = post(curator, decision(seed.id, "accept", revision_id=seed.revision_id))
    assert result["status"] == "stored"


def test_seed_with_open_hits_cannot_be_accepted(session: Session, curator: TestClient) -> None:
    seed = create_seed(session, open_hits=1)
    create_hit(session, seed)
    [result] = post(curator, decision(seed.id, "accept"))
    assert result["error"]["code"] == "open_hits"
    assert result["seed"]["status"] == "pending"


def test_dismissing_the_last_hit_allows_accepting(session: Session, curator: TestClient) -> None:
    seed = create_seed(session, open_hits=2)
    hits = [create_hit(session, seed), create_hit(session, seed)]
    results = post(
        curator,
        decision(seed.id, "dismiss_hit", hit_id=hits[0].id),
        decision(seed.id, "accept"),
        decision(seed.id, "dismiss_hit", hit_id=hits[1].id, reason="boilerplate"),
        decision(seed.id, "accept"),
    )
    assert [result["status"] for result in results] == ["stored", "rejected", "stored", "stored"]
    assert (results[-1]["seed"]["open_hits"], results[-1]["seed"]["status"]) == (0, "accepted")
    assert session.get_one(DecontaminationHit, hits[1].id).state == "dismissed"


def test_confirmed_hit_keeps_a_seed_from_being_accepted(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session, open_hits=1)
    hit = create_hit(session, seed)
    confirmed, accepted = post(
        curator, decision(seed.id, "confirm_hit", hit_id=hit.id), decision(seed.id, "accept")
    )
    assert confirmed["seed"]["open_hits"] == 0
    assert confirmed["seed"]["status"] == "pending"
    assert accepted["error"]["code"] == "confirmed_hits"


def test_confirming_a_hit_ends_an_acceptance(session: Session, curator: TestClient) -> None:
    # A benchmark that came after the decision found the seed.
    seed = create_seed(session, status="accepted", open_hits=1)
    hit = create_hit(session, seed)
    [result] = post(curator, decision(seed.id, "confirm_hit", hit_id=hit.id))
    assert result["seed"]["status"] == "rejected"
    event = session.get_one(Decision, result["decision_id"])
    assert event.before == {"hit_state": "open", "status": "accepted"}


def test_hit_of_another_seed_is_refused(session: Session, curator: TestClient) -> None:
    seed, other = create_seed(session), create_seed(session, open_hits=1)
    hit = create_hit(session, other)
    [result] = post(curator, decision(seed.id, "dismiss_hit", hit_id=hit.id))
    assert (result["error"]["code"], result["error"]["field"]) == ("not_found", "hit_id")
    assert hit.state == "open"


def test_decision_ends_the_lease(session: Session, curator: TestClient) -> None:
    for _ in range(3):
        create_seed(session)
    first, second, third = (item["id"] for item in curator.get("/v1/queue").json()["items"])
    post(curator, decision(first, "accept"), decision(second, "flag"), decision(third, "skip"))
    assert session.scalars(select(Lease.seed_id)).all() == [second]


@pytest.mark.parametrize("role", ["viewer", "ingester"])
def test_deciding_needs_a_curator(session: Session, client_as: ClientFactory, role: str) -> None:
    rows = [decision(create_seed(session).id, "accept")]
    answer = client_as(role).post("/v1/decisions", json={"decisions": rows})
    assert answer.status_code == 403

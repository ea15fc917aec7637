"""The queue's health, and what models' answers cost by day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.duplicates.tables import DuplicateGroup, DuplicateMember, DuplicateSketch
from backend.jobs.tables import Job
from backend.overview.pace import days_to_empty
from backend.review.tables import Decision, Lease
from backend.review_queues.tables import OverlapLease, ReviewQueue
from backend.scoring.tables import EndpointDay, EndpointSpend
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_seed, create_user


@pytest.fixture
def now(session: Session) -> datetime:
    """The time of the test's transaction."""
    found: datetime = session.scalars(select(func.now())).one()
    return found.astimezone(UTC)


def _decided(session: Session, user: User, seed: Seed, kind: str, **fields: Any) -> Decision:
    status = {"accept": "accepted", "reject": "rejected"}.get(kind, kind)
    fields = {"before": {"status": "pending"}, "after": {"status": status}} | fields
    decision = Decision(
        seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind=kind, **fields
    )
    session.add(decision)
    session.flush()
    return decision


def _health(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/overview/queue").json()
    return found


def test_nothing_waits_in_an_empty_database(client: TestClient) -> None:
    found = _health(client)
    assert (found["pending"], found["days"], found["leases"], found["failed_jobs"]) == (
        0, [], [], [],
    )  # fmt: skip
    assert found["pace"]["days_to_empty"] == 0


def test_pending_seeds_are_counted_by_age(
    client: TestClient, session: Session, now: datetime
) -> None:
    for days in (0, 1, 2, 3, 45):
        create_seed(session, created_at=now - timedelta(days=days))
    create_seed(session, created_at=now - timedelta(days=90), status="accepted")
    create_seed(session, status="needs_rewrite")
    session.commit()
    found = _health(client)
    assert [(band["from_days"], band["to_days"], band["count"]) for band in found["by_age"]] == [
        (0, 1, 1), (1, 3, 2), (3, 7, 1), (7, 30, 0), (30, None, 1),
    ]  # fmt: skip
    assert (found["pending"], found["needs_rewrite"]) == (5, 1)
    oldest = datetime.fromisoformat(found["oldest_pending_at"])
    assert oldest == now - timedelta(days=45)


def test_days_hold_what_came_and_the_decisions_that_stand(
    client: TestClient, session: Session, now: datetime
) -> None:
    user = create_user(session)
    seeds = [create_seed(session, created_at=now - timedelta(days=9)) for _ in range(4)]
    create_seed(session)
    _decided(session, user, seeds[0], "accept")
    _decided(session, user, seeds[1], "reject", batch=uuid4())
    _decided(session, user, seeds[2], "needs_rewrite", created_at=now - timedelta(days=1))
    undone = _decided(session, user, seeds[3], "accept")
    _decided(session, user, seeds[3], "undo", undoes_id=undone.id)
    session.commit()
    found = _health(client)
    days = {row.pop("day"): row for row in found["days"]}
    today, yesterday = (str((now - timedelta(days=back)).date()) for back in (0, 1))
    assert len(days) == 10  # from the first day on, without a gap
    assert days[today] == {
        "arrived": 1, "accept": 1, "reject": 1, "needs_rewrite": 0, "in_bulk": 1,
    }  # fmt: skip
    assert days[yesterday]["needs_rewrite"] == 1
    # In seven days two by hand, and one seed came.
    pace = found["pace"]
    assert (pace["days"], pace["decided"], pace["arrived"]) == (7.0, 2 / 7, 1 / 7)
    assert pace["days_to_empty"] == pytest.approx(5 / (1 / 7))  # no status was changed here


@pytest.mark.parametrize(
    ("pending", "decided", "arrived", "days", "reason"),
    [
        (0, 0.0, 9.0, 0.0, None),
        (90, 40.0, 10.0, 3.0, None),  # 90 / (40 - 10)
        (90, 0.0, 0.0, None, "nobody has decided"),
        (90, 10.0, 10.0, None, "at least as many seeds come in"),
    ],
)
def test_days_to_empty_or_why_they_cannot_be_said(
    pending: int, decided: float, arrived: float, days: float | None, reason: str | None
) -> None:
    found = days_to_empty(pending, decided, arrived)
    assert found.days == days
    assert (found.reason or "").startswith(reason or "")


def test_leases_hits_and_failed_jobs_are_of_this_moment(
    client: TestClient, session: Session, now: datetime
) -> None:
    ada, bob = create_user(session, name="ada"), create_user(session, name="bob")
    seeds = [create_seed(session, open_hits=2), *(create_seed(session) for _ in range(3))]
    for seed, user, minutes in zip(seeds, (ada, ada, bob, bob), (5, 5, 5, -1), strict=True):
        until = now + timedelta(minutes=minutes)
        session.add(Lease(seed_id=seed.id, user_id=user.id, expires_at=until))
    several = ReviewQueue(name="several", filter={}, sort="attention", overlap=2, instructions="",
                          token=uuid4(), created_by=ada.id)  # fmt: skip
    session.add(several)
    session.flush()
    until = now + timedelta(minutes=5)
    session.add(OverlapLease(queue_id=several.id, seed_id=seeds[3].id, user_id=ada.id,
                             expires_at=until))  # fmt: skip
    for days in (1, 8):
        session.add(Job(kind="export.write", payload={}, state="failed", error="disk full",
                        finished_at=now - timedelta(days=days)))  # fmt: skip
    session.commit()
    found = _health(client)
    assert found["leases"] == [{"user": "ada", "seeds": 3}, {"user": "bob", "seeds": 1}]
    assert (found["hits"], found["seeds_with_hits"], found["failed"]) == (2, 1, 1)
    assert found["failed_jobs"][0]["error"] == "disk full"


def test_undecided_groups_of_duplicates_are_those_that_their_list_shows(
    client: TestClient, session: Session
) -> None:
    for statuses in (("pending", "pending"), ("pending", "rejected"), ("rejected", "accepted",
                     "pending")):  # fmt: skip
        leader, *members = (create_seed(session, status=status) for status in statuses)
        group = DuplicateGroup(kind="copies", leader_id=leader.id)
        session.add(group)
        session.flush()
        for seed in (leader, *members):
            session.add(DuplicateSketch(seed_id=seed.id, revision_id=seed.revision_id,
                                        standing="leader", crowded=False))  # fmt: skip
        for seed in members:
            session.add(DuplicateMember(group_id=group.id, seed_id=seed.id, similarity=0.9))
    told_apart = DuplicateGroup(kind="variants", leader_id=leader.id)
    session.add(told_apart)
    session.flush()
    session.commit()
    listed = client.get("/v1/duplicates", params={"undecided": True}).json()["items"]
    assert _health(client)["duplicate_groups"] == len(listed) == 2
    client.post(
        f"/v1/duplicates/{listed[0]['id']}:dismiss", json={"token": str(uuid4())}
    ).raise_for_status()
    assert _health(client)["duplicate_groups"] == 1


def test_spend_is_told_by_day_endpoint_and_role(client: TestClient, session: Session) -> None:
    strong, small = create_endpoint(session, "reference", name="strong"), create_endpoint(session)
    for endpoint, day, cost in ((strong, "2026-01-01", "0.5"), (strong, "2026-01-03", "0.25"),
                                (small, "2026-01-03", "0")):  # fmt: skip
        session.add(EndpointDay(endpoint_id=endpoint.id, day=day, calls=2, tokens=50,
                                cost=Decimal(cost)))  # fmt: skip
    session.add(EndpointSpend(endpoint_id=strong.id, calls=4, prompt_tokens=60,
                              completion_tokens=40, cost=Decimal("0.75")))  # fmt: skip
    session.commit()
    found = client.get("/v1/overview/spend").json()
    assert [(row["day"], row["endpoint"], row["role"], row["cost"]) for row in found["days"]] == [
        ("2026-01-01", "strong", "reference", 0.5), ("2026-01-03", "strong", "reference", 0.25),
        ("2026-01-03", small.name, "weak", 0.0),
    ]  # fmt: skip
    assert (found["calls"], found["tokens"], found["cost"]) == (4, 100, 0.75)
    seed = create_seed(session)
    session.execute(update(Seed).where(Seed.id == seed.id).values(status="accepted"))
    _decided(session, create_user(session), seed, "accept", created_at="2026-01-02T08:00:00Z")
    session.commit()
    accepted = client.get("/v1/overview/spend").json()["accepted_by_day"]
    assert accepted == [{"day": "2026-01-02", "count": 1}]

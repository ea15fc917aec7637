"""Keeping one of a group, or telling its seeds apart; and that one undo takes it back."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review.tables import Decision
from backend.seeds.tables import Seed
from tests.backend.duplicates.test_groups import listed, read
from tests.builders import create_seed
from tests.conftest import ClientFactory
from tests.duplicates import DUCKS, run_find


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


@pytest.fixture
def seeds(session: Session) -> list[Seed]:
    """Three copies, of which the leader knows least."""
    made = [
        create_seed(session, DUCKS, extra={"tags": ["eggs"], "level": 1}),
        create_seed(session, f"{DUCKS}!", domain="farms", extra={"tags": ["eggs", "ducks"]}),
        create_seed(
            session, f"{DUCKS}?", domain="food", licence="MIT", source="other",
            extra={"level": 2, "year": 2020, "tests": ["assert f(1) == 2"]},
        ),
    ]  # fmt: skip
    run_find(session)
    return made


def resolve(client: TestClient, action: str, **body: Any) -> dict[str, Any]:
    [group] = listed(client)
    answer = client.post(
        f"/v1/duplicates/{group['id']}:{action}", json={"token": str(uuid4()), **body}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def undo_batch(client: TestClient, batch: str) -> dict[str, Any]:
    body = {"token": str(uuid4()), "batch": batch}
    answer = client.post("/v1/decisions:undo-batch", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def state(session: Session) -> list[tuple[Any, ...]]:
    session.expire_all()
    seeds = session.scalars(select(Seed).order_by(Seed.id))
    return [(seed.status, seed.domain, seed.licence, seed.extra) for seed in seeds]


def undecided(client: TestClient) -> bool:
    return bool(listed(client, undecided=True))


def test_kept_seed_takes_over_and_the_others_are_rejected(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    first, second, third = seeds
    result = resolve(curator, "keep", seed_id=first.id)
    assert result["count"] == 3
    assert result["taken_over"] == ["domain", "licence", "metadata"]
    assert [row[0] for row in state(session)] == ["pending", "rejected", "rejected"]
    kept = session.get_one(Seed, first.id)
    assert (kept.domain, kept.licence) == ("farms", "MIT")
    assert kept.extra == {
        # Lists are united, what it says itself stays, tests are not mixed.
        "tags": ["eggs", "ducks"], "level": 1, "year": 2020,
        "merged_duplicates": [
            {"seed_id": second.id, "source": "test", "external_id": second.external_id,
             "licence": None},
            {"seed_id": third.id, "source": "other", "external_id": third.external_id,
             "licence": "MIT"},
        ],
    }  # fmt: skip
    events = session.scalars(select(Decision).order_by(Decision.id)).all()
    assert [(event.kind, event.reason) for event in events] == [
        ("edit", f"kept of its duplicates, seeds {second.id}, {third.id}"),
        ("reject", f"duplicate of seed {first.id}"),
        ("reject", f"duplicate of seed {first.id}"),
    ]
    assert {str(event.batch) for event in events} == {result["batch"]}
    assert not undecided(curator)
    history = curator.get(f"/v1/seeds/{third.id}").json()["history"]
    assert history[0]["reason"] == f"duplicate of seed {first.id}"


def test_one_undo_takes_all_of_it_back_and_another_does_it_again(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    before = state(session)
    batch = resolve(curator, "keep", seed_id=seeds[1].id)["batch"]
    after = state(session)
    undone = undo_batch(curator, batch)
    assert (undone["count"], undone["left_out"]) == (3, 0)
    assert state(session) == before
    assert undecided(curator)
    again = undo_batch(curator, undone["batch"])
    assert again["count"] == 3
    assert state(session) == after
    last = select(Decision.kind).order_by(Decision.id.desc()).limit(3)
    assert sorted(session.scalars(last)) == ["edit", "reject", "reject"]


def test_undo_leaves_what_was_decided_since(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    batch = resolve(curator, "keep", seed_id=seeds[0].id)["batch"]
    decision = {"token": str(uuid4()), "seed_id": seeds[1].id, "kind": "accept"}
    curator.post("/v1/decisions", json={"decisions": [decision]})
    undone = undo_batch(curator, batch)
    assert (undone["count"], undone["left_out"]) == (2, 1)
    assert [row[0] for row in state(session)] == ["pending", "accepted", "pending"]


def test_only_the_seeds_that_were_seen_are_rejected(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    resolve(curator, "keep", seed_id=seeds[0].id, seed_ids=[seeds[0].id, seeds[2].id])
    assert [row[0] for row in state(session)] == ["pending", "pending", "rejected"]
    assert undecided(curator)


def test_repeated_post_has_no_second_effect(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    token = str(uuid4())
    first = resolve(curator, "keep", seed_id=seeds[0].id, token=token)
    assert resolve(curator, "keep", seed_id=seeds[0].id, token=token) == first
    assert len(session.scalars(select(Decision.id)).all()) == 3


def test_rejected_seed_cannot_be_kept_and_keeps_its_reason(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    session.get_one(Seed, seeds[0].id).status = "rejected"
    session.commit()
    [group] = listed(curator)
    body = {"token": str(uuid4()), "seed_id": seeds[0].id}
    answer = curator.post(f"/v1/duplicates/{group['id']}:keep", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "rejected")
    assert resolve(curator, "keep", seed_id=seeds[1].id)["count"] == 2


def test_seed_that_was_reworded_since_is_left_alone(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    curator.patch(f"/v1/seeds/{seeds[2].id}", json={"prompt": "Something else?"})
    resolve(curator, "keep", seed_id=seeds[0].id)
    assert [row[0] for row in state(session)] == ["pending", "rejected", "pending"]


def test_seed_of_another_group_is_not_found(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    other = create_seed(session)
    session.commit()
    [group] = listed(curator)
    body = {"token": str(uuid4()), "seed_id": other.id}
    assert curator.post(f"/v1/duplicates/{group['id']}:keep", json=body).status_code == 404
    assert [row[0] for row in state(session)] == ["pending"] * 4


def test_dismissal_holds_shows_in_the_history_and_is_undone_as_one(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    before = state(session)
    result = resolve(curator, "dismiss")
    assert (result["count"], result["taken_over"]) == (3, [])
    assert state(session) == before
    assert not undecided(curator)
    [group] = listed(curator)
    assert all(member["dismissed"] for member in read(curator, group["id"])["members"])
    for seed in seeds:
        assert curator.get(f"/v1/seeds/{seed.id}").json()["history"][0]["kind"] == (
            "dismiss_duplicates"
        )
    undone = undo_batch(curator, result["batch"])
    assert undone["count"] == 3
    assert undecided(curator)
    undo_batch(curator, undone["batch"])
    assert not undecided(curator)


def test_dismissal_holds_when_the_leader_leaves(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    resolve(curator, "dismiss")
    session.get_one(Seed, seeds[0].id).withdrawn_at = seeds[0].created_at
    session.commit()
    run_find(session)
    [group] = listed(curator)
    assert group["leader"]["id"] == seeds[1].id
    assert not group["undecided"]


def test_copy_that_comes_after_a_dismissal_is_a_new_question(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    resolve(curator, "dismiss")
    late = create_seed(session, f"{DUCKS}...")
    run_find(session)
    [group] = listed(curator, undecided=True)
    dismissed = {
        member["seed"]["id"]: member["dismissed"]
        for member in read(curator, group["id"])["members"]
    }
    assert dismissed == {seeds[1].id: True, seeds[2].id: True, late.id: False}


def test_dismissal_ends_with_the_wording(
    session: Session, curator: TestClient, seeds: list[Seed]
) -> None:
    resolve(curator, "dismiss")
    curator.patch(f"/v1/seeds/{seeds[2].id}", json={"prompt": f"{DUCKS} Please?"})
    run_find(session)
    assert undecided(curator)


def test_viewers_may_not_resolve(
    client_as: ClientFactory, session: Session, seeds: list[Seed]
) -> None:
    viewer = client_as("viewer")
    [group] = listed(viewer)
    for action, body in (("keep", {"seed_id": seeds[0].id}), ("dismiss", {})):
        path = f"/v1/duplicates/{group['id']}:{action}"
        assert viewer.post(path, json={"token": str(uuid4()), **body}).status_code == 403

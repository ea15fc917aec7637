"""Seeds taken down and let back in; both stay on record."""

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.seeds.tables import Seed, SeedImport
from tests.builders import create_seed, create_user
from tests.conftest import ClientFactory
from tests.lineages import make_child
from tests.services import eventually


def test_all_of_a_filter_are_taken_down_once_and_lifted_at_once(
    session: Session, client: TestClient
) -> None:
    barred = [create_seed(session, licence="nc").id for _ in range(3)]
    create_seed(session, licence="mit")
    session.commit()
    token = str(uuid4())
    body = {"token": token, "reason": "licence", "note": "no use", "filter": {"licence": "nc"}}
    for _ in range(2):
        found = client.post("/v1/takedowns", json=body).json()
        assert found == {"batch": token, "count": 3, "already": 0, "children": 0}
    other = {"token": str(uuid4()), "reason": "request", "seed_ids": barred[:1]}
    again = client.post("/v1/takedowns", json=other).json()
    assert (again["count"], again["already"]) == (0, 1)
    listed = client.get("/v1/takedowns", params={"standing": True, "limit": 2}).json()
    assert [one["seed_id"] for one in listed["items"]] == barred[:0:-1]
    rest = client.get("/v1/takedowns", params={"after": listed["next"]}).json()
    assert [(one["seed_id"], one["note"]) for one in rest["items"]] == [(barred[0], "no use")]
    assert client.post(f"/v1/takedowns/{token}:lift").json()["count"] == 3
    assert client.get("/v1/takedowns", params={"standing": True}).json()["items"] == []
    [lifted] = client.get("/v1/takedowns", params={"seed_id": barred[0]}).json()["items"]
    assert lifted["lifted_by"] == client.user.name  # type: ignore[attr-defined]


def test_dry_run_counts_and_changes_nothing(session: Session, client: TestClient) -> None:
    given = SeedImport(created_by=create_user(session).id, label="forum")
    session.add(given)
    session.flush()
    down, free = (create_seed(session, import_id=given.id).id for _ in range(2))
    create_seed(session)
    session.commit()
    body = {"reason": "privacy", "filter": {"import_id": given.id}}
    first = {"token": str(uuid4()), "reason": "request", "seed_ids": [down]}
    assert client.post("/v1/takedowns", json=first).json()["count"] == 1
    for _ in range(2):
        tried = client.post("/v1/takedowns", json=body | {"token": str(uuid4()), "dry_run": True})
        assert (tried.status_code, tried.json()["count"]) == (201, 1)
    client.post("/v1/takedowns", json=body | {"token": str(uuid4())})
    listed = client.get("/v1/takedowns").json()["items"]
    assert [one["seed_id"] for one in listed] == [free, down]


def test_seeds_that_models_made_are_told_and_taken_down_where_that_is_wanted(
    session: Session, client: TestClient
) -> None:
    root, child, grandchild, gone = (create_seed(session) for _ in range(4))
    create_seed(session)
    for parent, made in ((root, child), (child, grandchild), (root, gone)):
        make_child(session, parent, made)
    gone.withdrawn_at = gone.created_at
    session.commit()

    def take_down(**how: object) -> tuple[int, int, int]:
        body = {"token": str(uuid4()), "reason": "privacy", "seed_ids": [root.id], **how}
        found = client.post("/v1/takedowns", json=body).json()
        return found["count"], found["already"], found["children"]

    assert take_down(dry_run=True) == (1, 0, 2)
    assert take_down(dry_run=True, with_children=True) == (3, 0, 0)
    assert take_down(dry_run=True, seed_ids=[root.id, child.id]) == (2, 0, 1)
    assert take_down() == (1, 0, 2)
    assert take_down(with_children=True) == (2, 1, 0)
    standing = client.get("/v1/takedowns", params={"standing": True}).json()["items"]
    assert {one["seed_id"] for one in standing} == {root.id, child.id, grandchild.id}
    of_filter = {"seed_ids": None, "filter": {"seed_id": child.id}}
    assert take_down(dry_run=True, **of_filter) == (0, 1, 0)


def test_batches_say_how_much_of_them_stands(session: Session, client: TestClient) -> None:
    seeds = [create_seed(session).id for _ in range(5)]
    session.commit()
    tokens = [str(uuid4()) for _ in range(3)]
    for token, numbers in zip(tokens, (seeds[:2], seeds[2:4], seeds[4:]), strict=True):
        body = {"token": token, "reason": "request", "note": "mail of May", "seed_ids": numbers}
        client.post("/v1/takedowns", json=body)
    client.post(f"/v1/takedowns/{tokens[1]}:lift")
    first = client.get("/v1/takedowns/batches", params={"limit": 2}).json()
    rest = client.get("/v1/takedowns/batches", params={"limit": 2, "after": first["next"]}).json()
    assert rest["next"] is None
    rows = first["items"] + rest["items"]
    assert [(row["batch"], row["seeds"], row["standing"]) for row in rows] == [
        (tokens[2], 1, 1), (tokens[1], 2, 0), (tokens[0], 2, 2),
    ]  # fmt: skip
    name = client.user.name  # type: ignore[attr-defined]
    assert [row["lifted_by"] for row in rows] == [None, name, None]
    assert {(row["user"], row["note"], row["reason"]) for row in rows} == {
        (name, "mail of May", "request")
    }
    assert rows[2]["first_seed_id"] == seeds[0]


def test_unknown_batches_and_two_ways_at_once_are_refused(
    client: TestClient, client_as: ClientFactory
) -> None:
    assert client.post(f"/v1/takedowns/{uuid4()}:lift").status_code == 404
    body = {"token": str(uuid4()), "reason": "other"}
    assert client.post("/v1/takedowns", json=body).status_code == 422
    both = body | {"filter": {}, "seed_ids": [1]}
    assert client.post("/v1/takedowns", json=both).status_code == 422
    whole = body | {"seed_ids": [1]}
    assert client_as("viewer").post("/v1/takedowns", json=whole).status_code == 403


def test_two_who_take_the_same_seeds_down_at_once_are_both_answered(
    api_url: str, committed: None
) -> None:
    with session_scope() as session:
        seeds = [create_seed(session).id for _ in range(3)]
    tokens = [str(uuid4()) for _ in range(2)]
    _take_down(api_url, str(uuid4()), [10**6])  # so that neither waits to note when a key was used
    # Both wait for the seeds, and neither sees what the other has taken down.
    with ThreadPoolExecutor(2) as threads, session_scope() as session:
        session.execute(select(Seed.id).where(Seed.id.in_(seeds)).with_for_update())
        waiting = [threads.submit(_take_down, api_url, token, seeds) for token in tokens]
        eventually(lambda: _waiting_for_locks() == 2, 60, "that both wait")
        session.commit()
        answers = [each.result() for each in waiting]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(answer.json()["count"] for answer in answers) == [0, 3]


def _take_down(api_url: str, token: str, seeds: list[int]) -> httpx.Response:
    body = {"token": token, "reason": "licence", "seed_ids": seeds}
    key = {"Authorization": f"Bearer {os.environ['SEEDBED_KEY']}"}
    return httpx.post(f"{api_url}/v1/takedowns", json=body, headers=key, timeout=60)


def _waiting_for_locks() -> int:
    waiting = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
    with session_scope() as session:
        return int(session.execute(waiting).scalar_one())


def test_seed_that_is_named_stays_down_when_another_import_brings_it_again(
    session: Session, client: TestClient
) -> None:
    seed = create_seed(session, external_id="q-1")
    session.execute(update(Seed).where(Seed.id == seed.id).values(withdrawn_at=seed.created_at))
    session.commit()
    body = {"token": str(uuid4()), "reason": "privacy", "seed_ids": [seed.id]}
    assert client.post("/v1/takedowns", json=body).json()["count"] == 1
    session.execute(update(Seed).where(Seed.id == seed.id).values(withdrawn_at=None))
    session.commit()
    assert client.get(f"/v1/seeds/{seed.id}/quality").json()["taken_down"] is True

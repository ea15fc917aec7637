"""The history over HTTP, and as other domains read it."""

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.review.history import history_of, record
from backend.review.tables import Decision, DecisionBatch
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user


def add(session: Session, seed: Seed, user_id: int, kind: str = "flag") -> Decision:
    return record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user_id, kind=kind,
        before={}, after={},
    )  # fmt: skip


def test_history_is_paged_newest_first(session: Session, client: TestClient) -> None:
    seed, user = create_seed(session), create_user(session)
    added = [add(session, seed, user.id).id for _ in range(5)]
    session.commit()
    first = client.get("/v1/decisions", params={"limit": 3}).json()
    rest = client.get("/v1/decisions", params={"limit": 3, "after": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == added[::-1]
    assert rest["next"] is None


def test_history_of_one_seed_or_one_user(session: Session, client: TestClient) -> None:
    seeds = [create_seed(session), create_seed(session)]
    users = [create_user(session), create_user(session)]
    for seed in seeds:
        for user in users:
            add(session, seed, user.id)
    session.commit()
    of_seed = client.get("/v1/decisions", params={"seed_id": seeds[1].id}).json()["items"]
    assert [(item["seed_id"], item["user"]) for item in of_seed] == [
        (seeds[1].id, users[1].name),
        (seeds[1].id, users[0].name),
    ]
    of_user = client.get("/v1/decisions", params={"user_id": users[0].id}).json()["items"]
    assert [item["seed_id"] for item in of_user] == [seeds[1].id, seeds[0].id]


def test_history_of_names_who_and_what_undid_it(session: Session) -> None:
    seed, quiet, user = create_seed(session), create_seed(session), create_user(session)
    accepted = add(session, seed, user.id, "accept")
    undoing = record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind="undo",
        before={"status": "accepted"}, after={"status": "pending"}, undoes_id=accepted.id,
    )  # fmt: skip
    history = history_of(session, user, [seed.id, quiet.id])
    assert history[quiet.id] == []
    assert [event.id for event in history[seed.id]] == [undoing.id, accepted.id]
    assert [event.undone_by for event in history[seed.id]] == [None, undoing.id]
    assert {event.user for event in history[seed.id]} == {user.name}


def test_foreign_cursor_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/decisions", params={"after": "nonsense"})
    assert answer.status_code == 422


def test_people_of_the_history_are_those_with_events_alone(
    session: Session, client: TestClient
) -> None:
    seed, quiet = create_seed(session), create_user(session)
    busy = [create_user(session) for _ in range(2)]
    for user in busy[::-1]:
        add(session, seed, user.id)
    # A bulk action has its author, too, also before it has decided anything.
    third = create_user(session)
    session.add(DecisionBatch(batch=uuid4(), user_id=third.id, kind="flag"))
    session.commit()
    found = client.get("/v1/history/people").json()
    assert found == sorted(user.name for user in [*busy, third])
    assert quiet.name not in found

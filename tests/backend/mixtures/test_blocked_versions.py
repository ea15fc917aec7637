"""Versions that hold seeds which must not be used any more."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, update
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.mixtures import frozen, made, rows, take_down, taught, version


def test_seeds_taken_down_mark_every_version_that_holds_them(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seeds = [taught(session) for _ in range(4)]
    session.commit()
    mixture = made(client, parts=[{"default_epochs": 3}])
    before = frozen(client, woken, mixture["id"])
    token = take_down(client, seeds[0].id, seeds[1].id)
    after = frozen(client, woken, mixture["id"])
    marked = [
        (one["number"], one["withdrawn"], one["blocked"])
        for one in client.get(f"/v1/mixtures/{mixture['id']}/versions").json()["items"]
    ]
    assert marked == [(2, 0, False), (1, 2, True)]
    assert {row["seed_id"] for row in rows(client, after["id"])} == {seeds[2].id, seeds[3].id}
    found = client.get(f"/v1/takedowns/{token}/versions").json()
    assert [(one["id"], one["mixture"], one["blocked"]) for one in found] == [
        (before["id"], "first", True)
    ]
    assert version(client, before["id"])["rows_hash"] == before["rows_hash"]
    assert client.post(f"/v1/takedowns/{token}:lift").json()["count"] == 2
    assert client.get(f"/v1/takedowns/{token}/versions").json() == []
    assert version(client, before["id"])["blocked"] is False


def test_seeds_of_an_import_that_was_taken_back_block_too(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = taught(session)
    session.commit()
    found = frozen(client, woken, made(client)["id"])
    session.execute(update(Seed).where(Seed.id == seed.id).values(withdrawn_at=seed.created_at))
    session.commit()
    assert version(client, found["id"])["withdrawn"] == 1


def test_list_takes_as_many_statements_for_many_as_for_one(
    connection: Connection, session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = taught(session)
    taught(session)
    session.commit()
    mixture = made(client, parts=[{"default_epochs": 3}])
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    def listed() -> list[int]:
        statements.clear()
        event.listen(connection, "before_cursor_execute", note)
        found = client.get(f"/v1/mixtures/{mixture['id']}/versions").json()["items"]
        event.remove(connection, "before_cursor_execute", note)
        return [one["withdrawn"] for one in found]

    frozen(client, woken, mixture["id"])
    take_down(client, seed.id)
    assert listed() == [1]
    of_one = len(statements)
    for _ in range(3):
        frozen(client, woken, mixture["id"])
    assert listed() == [0, 0, 0, 1]
    assert len(statements) == of_one

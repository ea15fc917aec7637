"""Seeds move between clusters by rules, with history and one undo."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs.service import claim
from backend.review import bulk
from backend.review.tables import Decision
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.conftest import ClientFactory
from workers.tasks.decisions import decide


def move(client: TestClient, *rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"token": str(uuid4()), "reason": "sorting", "rules": rules, **fields}
    if "seed_ids" not in fields:
        body.setdefault("filter", {})
    answer = client.post("/v1/seeds:move", json=body)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


def undo(client: TestClient, batch: str) -> str:
    token = str(uuid4())
    answer = client.post("/v1/decisions:undo-batch", json={"token": token, "batch": batch})
    assert answer.status_code == 200, answer.text
    return token


def clusters(session: Session) -> list[tuple[str | None, list[str]]]:
    session.expire_all()
    rows = session.execute(select(Seed.domain, Seed.tags).order_by(Seed.id))
    return [(row.domain, row.tags) for row in rows]


def test_seeds_without_a_domain_are_classified_by_the_first_rule_that_fits(
    session: Session, client: TestClient
) -> None:
    create_seed(session, "The angle of a triangle is a prime?")
    create_seed(session, "Is seven prime?")
    create_seed(session, "Who wrote Emma?")
    create_seed(session, "A triangle of words.", domain="poetry")
    session.commit()
    rules = [
        {"filter": {"q": "triangle"}, "domain": "geometry"},
        {"filter": {"q": "prime"}, "domain": "number theory", "tier": "high"},
    ]
    counted = move(client, *rules, filter={"has_domain": False}, dry_run=True)
    assert counted["count"] == 2
    assert clusters(session)[0] == (None, [])
    done = move(client, *rules, filter={"has_domain": False})
    assert done["count"] == 2
    after = [
        ("geometry", []), ("number theory", ["tier:high"]), (None, []), ("poetry", []),
    ]  # fmt: skip
    assert clusters(session) == after
    undone = undo(client, done["batch"])
    assert clusters(session)[:2] == [(None, []), (None, [])]
    undo(client, undone)
    assert clusters(session) == after


def test_tier_takes_the_place_of_another_and_leaves_other_tags(
    session: Session, client: TestClient
) -> None:
    seed = create_seed(session, tags=["olympiad", "tier:low"], domain="maths")
    session.commit()
    done = move(client, {"tier": "high"}, seed_ids=[seed.id])
    assert clusters(session) == [("maths", ["olympiad", "tier:high"])]
    assert move(client, {"tier": "high"}, seed_ids=[seed.id])["count"] == 0
    move(client, {"tier": "formula", "domain": None}, seed_ids=[seed.id])
    assert clusters(session) == [(None, ["olympiad"])]
    [event] = session.scalars(select(Decision).where(Decision.batch == done["batch"]))
    assert (event.kind, event.reason) == ("edit", "sorting")
    assert event.before == {"tags": ["olympiad", "tier:low"]}
    [entry] = client.get("/v1/history", params={"kind": "move", "limit": 1}).json()["items"]
    assert entry["batch"]["count"] == 1


def test_many_are_moved_by_a_job_chunk_by_chunk(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    for _ in range(5):
        create_seed(session, domain="maths")
    session.commit()
    result = move(client, {"domain": "algebra", "tier": "low"}, filter={"domain": "maths"})
    job = claim(woken[-1], 60, "test/1")
    assert job is not None
    decide(job)
    assert clusters(session) == [("algebra", ["tier:low"])] * 5
    assert client.get(f"/v1/batches/{result['batch']}").json()["count"] == 5


@pytest.mark.parametrize(
    "body",
    [
        {"rules": [{}]},
        {"rules": []},
        {"rules": [{"domain": " "}]},
        {"rules": [{"tier": "best"}]},
        {"rules": [{"tier": "low"}], "seed_ids": [1]},
    ],
)
def test_moves_to_nowhere_are_refused(client: TestClient, body: dict[str, Any]) -> None:
    whole = {"token": str(uuid4()), "reason": "x", "filter": {}, **body}
    assert client.post("/v1/seeds:move", json=whole).status_code == 422


def test_viewers_move_nothing(client_as: ClientFactory) -> None:
    body = {"token": str(uuid4()), "reason": "x", "filter": {}, "rules": [{"tier": "low"}]}
    assert client_as("viewer").post("/v1/seeds:move", json=body).status_code == 403

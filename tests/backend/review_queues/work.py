"""What the tests of queues do all the time: make a queue, ask for seeds, give opinions."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review_queues.tables import Opinion
from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post


def make_queue(client: TestClient, overlap: int = 2, **fields: Any) -> int:
    body = {"token": str(uuid4()), "name": f"queue {uuid4()}", "overlap": overlap, **fields}
    answer = client.post("/v1/review-queues", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def given(client: TestClient, queue_id: int, limit: int = 100) -> list[int]:
    """The numbers of the seeds that the queue gives."""
    answer = client.get("/v1/queue", params={"queue_id": queue_id, "limit": limit})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def say(client: TestClient, queue_id: int, seed: Seed, kind: str, **fields: Any) -> dict[str, Any]:
    """Post a decision in the queue; its result."""
    [result] = post(client, {**decision(seed.id, kind, queue_id=queue_id), **fields})
    return result


def vote(client: TestClient, queue_id: int, seed: Seed, kind: str, **fields: Any) -> int:
    """The same, where it must be taken; the number of its event."""
    result = say(client, queue_id, seed, kind, **fields)
    assert result["status"] == "stored", result
    return result["decision_id"]


def status(client: TestClient, seed: Seed) -> str:
    return client.get(f"/v1/seeds/{seed.id}").json()["status"]


def disputes(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/v1/adjudications", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def adjudicate(client: TestClient, queue_id: int, seed: Seed, kind: str, **fields: Any) -> Any:
    body = {
        "token": str(uuid4()), "queue_id": queue_id, "seed_id": seed.id,
        "revision_id": seed.revision_id, "kind": kind, **fields,
    }  # fmt: skip
    return client.post("/v1/adjudications", json=body)


def opinions(session: Session) -> list[tuple[str | None, bool, str | None]]:
    """Kind, flag and reason of all opinions that stand."""
    session.expire_all()
    rows = session.scalars(select(Opinion).order_by(Opinion.user_id))
    return [(row.kind, row.flagged, row.reason) for row in rows]

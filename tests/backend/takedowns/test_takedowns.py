"""Seeds taken down and let back in; both stay on record."""

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.builders import create_seed
from tests.conftest import ClientFactory


def test_all_of_a_filter_are_taken_down_once_and_lifted_at_once(
    session: Session, client: TestClient
) -> None:
    barred = [create_seed(session, licence="nc").id for _ in range(3)]
    create_seed(session, licence="mit")
    session.commit()
    token = str(uuid4())
    body = {"token": token, "reason": "licence", "note": "no use", "filter": {"licence": "nc"}}
    for _ in range(2):
        assert client.post("/v1/takedowns", json=body).json() == {"batch": token, "count": 3}
    other = {"token": str(uuid4()), "reason": "request", "seed_ids": barred[:1]}
    assert client.post("/v1/takedowns", json=other).json()["count"] == 0  # it is down already
    listed = client.get("/v1/takedowns", params={"standing": True, "limit": 2}).json()
    assert [one["seed_id"] for one in listed["items"]] == barred[:0:-1]
    rest = client.get("/v1/takedowns", params={"after": listed["next"]}).json()
    assert [(one["seed_id"], one["note"]) for one in rest["items"]] == [(barred[0], "no use")]
    assert client.post(f"/v1/takedowns/{token}:lift").json()["count"] == 3
    assert client.get("/v1/takedowns", params={"standing": True}).json()["items"] == []
    [lifted] = client.get("/v1/takedowns", params={"seed_id": barred[0]}).json()["items"]
    assert lifted["lifted_by"] == client.user.name  # type: ignore[attr-defined]


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

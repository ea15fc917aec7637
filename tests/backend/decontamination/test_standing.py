"""What a hit stops, by its action and its state: decisions, bulk actions, filters and exports."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.decontamination.words import recount
from backend.exports.selection import census
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory

# action, state, whether it waits for a curator, whether it keeps its seed out
CASES = [
    ("block", "open", True, True),
    ("block", "confirmed", False, True),
    ("block", "dismissed", False, False),
    ("review", "open", True, True),
    ("review", "confirmed", False, False),
    ("review", "dismissed", False, False),
    ("ignore", "open", False, False),
    ("ignore", "confirmed", False, False),
    ("ignore", "dismissed", False, False),
]


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def seed_with(session: Session, action: str, state: str, status: str = "pending") -> Seed:
    seed = create_seed(session, answer="1", status=status)
    create_hit(session, seed, action=action, state=state)
    recount(session, [seed.id])
    session.commit()
    return seed


@pytest.mark.parametrize(("action", "state", "waits", "stops"), CASES)
def test_one_seed_at_a_time(
    session: Session, curator: TestClient, action: str, state: str, waits: bool, stops: bool
) -> None:
    seed = seed_with(session, action, state)
    assert seed.open_hits == waits
    listed = curator.get("/v1/seeds", params={"has_hits": True}).json()["items"]
    assert len(listed) == waits
    [result] = post(curator, decision(seed.id, "accept"))
    assert (result["status"] == "rejected") == stops
    if stops:
        assert result["error"]["code"] == ("open_hits" if waits else "confirmed_hits")


@pytest.mark.parametrize(("action", "state", "waits", "stops"), CASES)
def test_many_seeds_at_once(
    session: Session, curator: TestClient, action: str, state: str, waits: bool, stops: bool
) -> None:
    seed_with(session, action, state)
    body = {"token": str(uuid4()), "kind": "accept", "reason": "all of them", "filter": {}}
    answer = curator.post("/v1/decisions:bulk", json=body).json()
    assert (answer["count"], answer["left_out"]) == (1 - stops, int(stops))


@pytest.mark.parametrize(("action", "state", "waits", "stops"), CASES)
def test_exports(session: Session, action: str, state: str, waits: bool, stops: bool) -> None:
    seed_with(session, action, state, "accepted")
    counted = census(session, SeedFilter())
    assert (counted.rows, counted.with_standing_hits) == (1 - stops, int(stops))


@pytest.mark.parametrize(
    ("action", "status"), [("block", "rejected"), ("review", "accepted"), ("ignore", "accepted")]
)
def test_confirming_ends_an_acceptance_only_where_it_blocks(
    session: Session, curator: TestClient, action: str, status: str
) -> None:
    seed = seed_with(session, action, "open", "accepted")
    [hit] = curator.get("/v1/hits").json()["items"]
    [result] = post(curator, decision(seed.id, "confirm_hit", hit_id=hit["id"]))
    assert (result["seed"]["status"], result["seed"]["open_hits"]) == (status, 0)

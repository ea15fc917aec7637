"""Clusters, the formula of their tiers, and how a seed comes by its own."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.builders import create_endpoint, create_judgment, create_seed
from tests.mixtures import taught


def test_clusters_are_counted_with_their_formula(session: Session, client: TestClient) -> None:
    taught(session)
    taught(session, verdict="suspect")
    taught(session, domain=None, tags=["tier:high"], verdict="easy")
    create_seed(session, domain="maths")  # nobody has accepted it
    session.commit()
    found = client.get("/v1/clusters").json()
    counted = [(c["domain"], c["tier"], c["seeds"], c["by_hand"]) for c in found["clusters"]]
    assert counted == [("maths", "high", 1, 0), ("maths", "low", 1, 0), (None, "high", 1, 1)]
    assert sum(found["formula"]["weights"].values()) == pytest.approx(1)
    assert (found["formula"]["high_from"], found["formula"]["medium_from"]) == (0.7, 0.45)


def test_quality_of_a_seed_is_told_by_its_parts(session: Session, client: TestClient) -> None:
    """By hand: a kept trace of one, two levels of 5 and 3, one accepted of one decided."""
    seed = taught(session)
    judge = create_endpoint(session, "judge")
    create_judgment(session, seed, judge, well_posed=5, verifiable=3)
    create_judgment(session, seed, judge, index=1, unscored="no reply")
    session.commit()
    found = client.get(f"/v1/seeds/{seed.id}/quality").json()
    parts = {"verdict": 1.0, "judges": 0.75, "traces": 2 / 3, "source": 2 / 3}
    assert found["parts"] == pytest.approx(parts)
    assert found["quality"] == pytest.approx(0.4 + 0.15 + 0.25 * 2 / 3 + 0.15 * 2 / 3)
    assert (found["tier"], found["by_hand"]) == ("high", False)
    assert client.patch(f"/v1/seeds/{seed.id}", json={"tags": ["tier:low"]}).status_code == 200
    moved = client.get(f"/v1/seeds/{seed.id}/quality").json()
    assert (moved["tier"], moved["by_hand"], moved["quality"]) == ("low", True, found["quality"])
    assert client.get("/v1/seeds/999999/quality").status_code == 404

"""The overview: funnel, verdicts, points, sources."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds import overview
from tests.builders import create_seed


def test_overview_of_an_empty_database_is_all_zeros(client: TestClient) -> None:
    found = client.get("/v1/overview").json()
    assert {stage["count"] for stage in found["funnel"]} == {0}
    assert (found["points"], found["sources"], found["spend"]["calls"]) == ([], [], 0)


def test_overview_counts_each_stage(client: TestClient, session: Session) -> None:
    scored = {"checked_index": "i", "agreement": 0.5, "reliability": 0.9, "score": 0.4}
    create_seed(session)
    create_seed(session, checked_index="i", open_hits=3)
    create_seed(session, verdict="suspect", status="rejected", **scored)
    create_seed(session, verdict="easy", status="accepted", source="other", **scored)
    create_seed(session, withdrawn_at="2026-01-01T00:00:00Z", verdict="easy", **scored)
    session.commit()
    found = client.get("/v1/overview").json()
    assert {stage["stage"]: stage["count"] for stage in found["funnel"]} == {
        "ingested": 4, "decontaminated": 3, "scored": 2, "triaged": 2, "accepted": 1, "exported": 0,
    }  # fmt: skip
    assert found["verdicts"] == {
        "suspect": 1, "hard": 0, "teachable": 0, "easy": 1, "unsettled": 0,
    }  # fmt: skip
    assert found["sources"] == [
        {"source": "test", "seeds": 3, "accepted": 0, "rejected": 1, "open_hits": 1, "suspect": 1},
        {"source": "other", "seeds": 1, "accepted": 1, "rejected": 0, "open_hits": 0, "suspect": 0},
    ]
    assert {(point["agreement"], point["verdict"]) for point in found["points"]} == {
        (0.5, "suspect"), (0.5, "easy"),
    }  # fmt: skip


def test_points_of_many_seeds_are_a_sample(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "POINTS", 10)
    for _ in range(30):
        create_seed(session, verdict="easy", score=0.5)
    points = overview.overview(session).points
    assert len(points) <= 10
    assert len({point.seed_id for point in points}) == len(points)
